import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { runCliProcess } from "./support/cli-process.ts";
import { type BadInput, expectRefusalBy } from "./support/run-cli.ts";

/** What only a process shows; the other tests of short commands run them inside the tests. */

test("help ends with 0, on standard output", async () => {
  const { exitCode, stdout, stderr } = await runCliProcess(["--help"]);
  expect(stdout).toMatch(/^Usage: floodgate /);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
});

test.concurrent.each<BadInput>([
  { args: ["frobnicate"], exitCode: 2, code: "USAGE", says: /unknown command 'frobnicate'/ },
  {
    args: ["balance"],
    environment: { FLOODGATE_HOME: "/no/such/home" },
    exitCode: 3,
    code: "NOT_REGISTERED",
    says: /\/no\/such\/home/,
  },
])("$args fails with its exit code and one line", (input) => expectRefusalBy(runCliProcess, input));

test("a port that is in use stops the devnet", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expectRefusalBy(runCliProcess, {
    args: ["chain", "--port", String(port)],
    exitCode: 3,
    code: "PORT_IN_USE",
    says: /choose another with --port/,
  });
  server.close();
});
