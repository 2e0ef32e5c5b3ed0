import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { CLI, runCliProcess } from "./support/cli-process.ts";
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

test.skipIf(!existsSync("/dev/full"))("what cannot be written is no success", async () => {
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [...CLI, "--help"], { stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr as NodeJS.ReadableStream), once(child, "close")]);
  expect(stderr).toBe("error: cannot write to standard output: ENOSPC (FILE_UNWRITABLE)\n");
  expect(exitCode).toBe(3);
});

test("a reader that has enough is no failure", async () => {
  const child = spawn(process.execPath, [...CLI, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, "close")]);
  expect([exitCode, stderr]).toEqual([0, ""]);
});
