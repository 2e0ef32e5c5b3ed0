import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStateFile } from "../../../audit/session/state-file.ts";
import { type AuditedNode, failure, type Json, openAuditedNode, withBitOf } from "../support/audited-node.ts";
import { about, startLyingNode } from "../support/lying-node.ts";

let directory: string;
let node: AuditedNode;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-audit-"));
  node = await openAuditedNode();
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

describe("an audit with --state", () => {
  const stateOf = (name: string): string => join(directory, `${name}.sqlite`);

  const edit = (path: string, change: string, value: unknown): void => {
    using file = openStateFile(path);
    file.database.prepare(change).run(value);
    file.commit();
  };

  test("goes on where it stopped, and says the same as one that did not stop", async () => {
    const statePath = stateOf("resumed");
    const whole = await node.audit({ seed: "s" });
    for (const toBlock of [whole.fromBlock + 9, node.latest - 20, node.latest - 19])
      expect(await node.audit({ statePath, toBlock, seed: "s" })).toMatchObject({ ok: true, toBlock });
    await using honest = await startLyingNode(node.history.rpcUrl, (_question, answer) => answer);
    const resumed = await node.audit({ rpcUrl: honest.url, statePath, seed: "s" });
    const { tallies, resumedFrom, ...rest } = resumed;
    const { tallies: wholeTallies, resumedFrom: nowhere, ...wholeRest } = whole;
    expect([nowhere, resumedFrom]).toEqual([null, node.latest - 19]);
    expect(rest).toEqual(wholeRest);
    expect({ ...tallies, signaturesCheckedTwice: 0 }).toEqual({ ...wholeTallies, signaturesCheckedTwice: 0 });
    // The creation is not looked for again.
    expect(honest.asked.get("eth_getCode")).toBeLessThan(6);
  });

  test("remembers what it found", async () => {
    const statePath = stateOf("findings");
    const { fromBlock } = await node.audit();
    // The deposits: what they pay later is not covered.
    const isHidden = (log: Json): boolean => Number(log.blockNumber) > fromBlock + 3 && Number(log.blockNumber) < 25;
    const hidden = about("eth_getLogs", (logs: Json[]) => logs.filter((log) => !isHidden(log)));
    const first = await node.auditBehind(hidden, { statePath, toBlock: node.latest - 10 });
    const second = await node.audit({ statePath });
    expect(first.ok).toBe(false);
    const remembered = first.findings.filter(({ block }) => block !== null);
    expect(second.findings.slice(0, remembered.length)).toEqual(remembered);
    expect(remembered.length).toBeGreaterThan(0);
  });

  test.each<[string, string, (path: string) => Promise<unknown>]>([
    [
      "another contract",
      "STATE_FOREIGN",
      async (statePath) => {
        await node.audit({ statePath });
        edit(statePath, "UPDATE checkpoint SET contract = ?", node.history.token);
        return node.audit({ statePath });
      },
    ],
    [
      "another version",
      "STATE_VERSION",
      async (statePath) => {
        await node.audit({ statePath });
        edit(statePath, "UPDATE checkpoint SET version = ?", 99);
        return node.audit({ statePath });
      },
    ],
    [
      "a chain that was reorganized",
      "STATE_REORGED",
      async (statePath) => {
        await node.audit({ statePath, toBlock: node.latest - 5 });
        return node.auditBehind(
          about("eth_getBlockByNumber", (block: Json, [number]) =>
            Number(number) === node.latest - 5 ? { ...block, hash: withBitOf(block.hash) } : block,
          ),
          { statePath },
        );
      },
    ],
    [
      "a later block than is asked for",
      "STATE_AHEAD",
      async (statePath) => {
        await node.audit({ statePath });
        return node.audit({ statePath, toBlock: node.latest - 1 });
      },
    ],
    [
      "no SQLite at all",
      "STATE_UNUSABLE",
      async (statePath) => {
        writeFileSync(statePath, readFileSync(import.meta.filename));
        return node.audit({ statePath });
      },
    ],
  ])("of %s is refused", async (what, code, run) => {
    expect(await failure(run(stateOf(what.replaceAll(" ", "-"))))).toEqual([code, 14, false]);
  });

  test("in use by another audit is refused", async () => {
    const statePath = stateOf("in-use");
    using _held = openStateFile(statePath);
    expect(await failure(node.audit({ statePath }))).toEqual(["STATE_IN_USE", 14, false]);
  });
});
