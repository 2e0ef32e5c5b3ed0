import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readArtifact } from "../../../../cli/deploy/contracts.ts";
import { linesOf, runInProcess } from "../../../../scripts/devnet/in-process.ts";
import { type History, makeHistory } from "../../../audit/support/history.ts";
import { expectRefusal } from "../../support/run-cli.ts";

let history: History;
let directory: string;
beforeAll(async () => {
  [history, directory] = await Promise.all([makeHistory(), mkdtemp(join(tmpdir(), "floodgate-audit-"))]);
});
afterAll(async () => {
  await history[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const at = (): string[] => ["--rpc", history.rpcUrl, "--contract", history.contract];
const inDirectory = (name: string): string => join(directory, name);

describe("floodgate audit", () => {
  test("without a subcommand runs the audit, and writes the page that is asked for", async () => {
    const page = inDirectory("audit.html");
    const { exitCode, stdout, stderr } = await runInProcess(["audit", ...at(), "--html", page]);
    expect(stderr).toBe("");
    expect(stdout).toContain("Clean: all 39 checks hold, but 4 things could not be seen.");
    expect(stdout).toMatch(/too low +\d claims took 0\.0\d+ TUSD more on lanes that batches had settled with less/);
    expect(stdout).toContain(`The whole report, to read in a browser: ${page}`);
    expect(await readFile(page, "utf8")).toContain("Clean, but 4 things could not be seen");
    expect(exitCode).toBe(0);
  });

  test("run --json ends with one line that holds the report and the books", async () => {
    const { exitCode, stdout } = await runInProcess(["audit", "run", ...at(), "--json"]);
    const report = JSON.parse(stdout.trim().split("\n").at(-1) as string);
    expect(report).toMatchObject({ event: "done", ok: true, tallies: { batches: 8 } });
    expect(report.books.batches).toHaveLength(8);
    expect(report.books.batches[0]).toMatchObject({ number: 1, total: "220001" });
    expect(exitCode).toBe(0);
  });

  test("export writes an account's ledger to standard output, or to a file", async () => {
    const args = ["audit", "export", ...at(), "--account", history.payer];
    const printed = await runInProcess([...args, "--format", "csv"]);
    expect(printed.stdout.split("\n")[0]).toMatch(/^time,block,tx,kind,/);
    expect(printed.stdout.trimEnd()).toMatch(/,621886$/);
    expect(printed.exitCode).toBe(0);
    const file = inDirectory("ledger.beancount");
    const { exitCode, stdout } = await runInProcess([...args, "--format", "beancount", "--out", file]);
    expect(stdout).toMatch(/^14 entries of 0x[0-9a-fA-F]{40} are in /);
    expect(await readFile(file, "utf8")).toMatch(/ balance Assets:Floodgate:0x[0-9a-f]{40} 0\.621886 TUSD\n$/);
    expect(exitCode).toBe(0);
  });

  test("prove writes what verify then checks without a node; a changed file is refused", async () => {
    const file = inDirectory("lane.json");
    const made = await runInProcess(["audit", "prove", ...at(), "--lane", `${history.payer}/1`, "--out", file]);
    expect(made.stdout).toContain(`floodgate audit verify ${file}`);
    expect(made.exitCode).toBe(0);

    const { exitCode, stdout } = await runInProcess(["audit", "verify", file]);
    expect(stdout).toMatch(/^Lane 1 of 0x/);
    expect(stdout).toContain("Proven by the file itself:\n  - Batch 1 paid 0.100001 TUSD to ");
    expect(stdout).toContain("Taken on trust, until you compare it:\n  - ");
    expect(stdout).toContain("All in this file fits.");
    expect(exitCode).toBe(0);

    const changed = inDirectory("changed.json");
    await writeFile(changed, (await readFile(file, "utf8")).replace('"lane": 1', '"lane": 2'));
    await expectRefusal({
      args: ["audit", "verify", changed],
      exitCode: 7,
      code: "PROOF_INVALID",
      says: /the proof does not hold: /,
    });
  });

  test("prove about an account names its balance", async () => {
    const file = inDirectory("account.json");
    const { exitCode, stdout } = await runInProcess([
      "audit",
      "prove",
      ...at(),
      "--account",
      history.payer,
      "--out",
      file,
    ]);
    expect(stdout).toMatch(/^The balance of 0x[0-9a-fA-F]{40} at block \d+ \(0x[0-9a-f]{64}\): 0\.621886 TUSD, /);
    expect(exitCode).toBe(0);
  });

  test("goes on from the checkpoint of the last run", async () => {
    const args = ["audit", "run", ...at(), "--rpc", history.rpcUrl, "--state", inDirectory("audit.state"), "--json"];
    const reportOf = async () => JSON.parse((await runInProcess(args)).stdout.trim().split("\n").at(-1) as string);
    const first = await reportOf();
    expect(first).toMatchObject({ ok: true, resumedFrom: null });
    const { notChecked, owed } = first;
    expect(notChecked).toHaveLength(4);
    expect(await reportOf()).toMatchObject({ ok: true, resumedFrom: first.toBlock, owed, notChecked });
  });

  test("watch says every so often that it is alive, on the screen and to the webhook", async () => {
    const stop = new AbortController();
    const posted: { readonly heartbeat?: { readonly block: number } }[] = [];
    const webhook = createServer(async (request, response) => {
      posted.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      response.end();
      if ((posted.at(-1)?.heartbeat?.block ?? 0) > 0) stop.abort();
    }).listen(0, "127.0.0.1");
    await once(webhook, "listening");
    const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}`;
    const args = ["audit", "watch", ...at(), "--heartbeat", "1", "--webhook", url, "--json"];
    const lines = linesOf(await runInProcess(args, {}, null, stop.signal));
    webhook.close();
    const beats = lines.filter(({ event }) => event === "heartbeat");
    expect(beats.at(-1)).toMatchObject({ block: posted.at(-1)?.heartbeat?.block, at: expect.any(String) });
  });

  test("takes a build that the auditor brings, and refuses what is none", async () => {
    const artifact = inDirectory("Floodgate.json");
    await writeFile(artifact, JSON.stringify(readArtifact("Floodgate")));
    expect((await runInProcess(["audit", ...at(), "--artifact", artifact])).exitCode).toBe(0);
    await writeFile(artifact, "{}");
    await expectRefusal({
      args: ["audit", ...at(), "--artifact", artifact],
      exitCode: 3,
      code: "ARTIFACT_INVALID",
      says: /must be JSON with deployedBytecode and immutableReferences/,
    });
  });

  test("says which batches name bundles that are not there", async () => {
    const bundles = inDirectory("bundles");
    await mkdir(bundles);
    const { exitCode, stdout } = await runInProcess(["audit", ...at(), "--evidence", bundles]);
    expect(stdout).toMatch(/FAIL 36 Every batch names a bundle that is available/);
    expect(stdout).toMatch(/batch 1 names the bundle 0x[0-9a-f]{64}, which is not available/);
    expect(exitCode).toBe(7);
  });

  test("refuses what it cannot do, in one line", async () => {
    await runInProcess(["audit", ...at(), "--state", inDirectory("other.state")]);
    await expectRefusal({
      args: ["audit", ...at(), "--state", inDirectory("other.state"), "--bundles", directory],
      exitCode: 14,
      code: "STATE_SOURCES",
      says: /the audit's state was made without --bundles and --vouchers: give the same, or choose another/,
    });
    await expectRefusal({
      args: ["audit", ...at(), "--chain-id", "1"],
      exitCode: 3,
      code: "CHAIN_MISMATCH",
      says: /the node is on chain 31337, not 1/,
    });
    const out = inDirectory("none.json");
    await expectRefusal({
      args: ["audit", "prove", ...at(), "--out", out],
      exitCode: 2,
      code: "OPTIONS_CONFLICT",
      says: /give either --account or --lane/,
    });
    await expectRefusal({
      args: ["audit", "prove", ...at(), "--out", out, "--lane", `${history.payer}/777`],
      exitCode: 2,
      code: "LANE_UNUSED",
      says: /no batch and no claim that could be seen used lane 777/,
    });
    await expectRefusal({
      args: ["audit", "verify", inDirectory("absent.json")],
      exitCode: 3,
      code: "FILE_UNREADABLE",
      says: /cannot read .*absent\.json/,
    });
    await expectRefusal({
      args: ["audit", ...at(), "--html", join(directory, "absent", "audit.html")],
      exitCode: 3,
      code: "FILE_UNWRITABLE",
      says: /cannot write .*audit\.html/,
    });
  });
});
