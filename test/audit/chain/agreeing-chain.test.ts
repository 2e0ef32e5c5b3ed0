import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runAudit } from "../../../audit/audit.ts";
import type { AuditOptions } from "../../../audit/session/audit-options.ts";
import { openStateFile } from "../../../audit/session/state-file.ts";
import { exitCodeOf } from "../../../cli/exit-codes.ts";
import { type History, makeHistory } from "../support/history.ts";
import { about, type Lie, startLyingNode } from "../support/lying-node.ts";

let history: History;
let directory: string;
let latest: number;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-audit-"));
  history = await makeHistory();
  latest = Number(await history.rpc("eth_blockNumber"));
});
afterAll(async () => {
  await history[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const audit = (options: Partial<AuditOptions> = {}) =>
  runAudit({
    rpcUrl: history.rpcUrl,
    contract: history.contract,
    // The devnet goes on by itself.
    toBlock: latest,
    signal: new AbortController().signal,
    ...options,
  });

async function auditBehind(lie: Lie, options: Partial<AuditOptions> = {}) {
  await using node = await startLyingNode(history.rpcUrl, lie);
  return await audit({ rpcUrl: node.url, ...options });
}

/** The error's code and the exit code of a command that ends with it. */
async function failure(run: Promise<unknown>): Promise<unknown[]> {
  try {
    await run;
  } catch (error) {
    return [(error as { code?: unknown }).code, exitCodeOf(error), (error as Error).message.includes("\n")];
  }
  throw new Error("the audit ended without an error");
}

type Json = Record<string, unknown>;
const withBitOf = (hex: unknown): string => String(hex).replace(/.$/, (last) => (last === "0" ? "1" : "0"));
const unavailable =
  (message: string): Lie =>
  (question, honest) =>
    question.method === "eth_getCode" && BigInt(question.params[1] as string) < BigInt(latest)
      ? { error: { code: -32000, message } }
      : honest;

describe("a node that cannot be trusted is no clean report:", () => {
  test("none, if it says the truth", async () => {
    expect(await auditBehind((_question, honest) => honest)).toMatchObject({
      ok: true,
      findingCount: 0,
      toBlock: latest,
    });
  });

  test.each<[string, string, number, () => Promise<unknown>]>([
    ["is on another chain", "CHAIN_MISMATCH", 3, () => audit({ chainId: 1n })],
    ["says so of geth's old state", "RPC_PRUNED", 12, () => auditBehind(unavailable("missing trie node ab12 (path )"))],
    ["says so of Besu's", "RPC_PRUNED", 12, () => auditBehind(unavailable("World state unavailable"))],
    [
      "hides that the contract is old",
      "RPC_INCONSISTENT",
      11,
      () => auditBehind(about("eth_getCode", (code, [, block]) => (Number(block) < latest - 1 ? "0x" : code))),
    ],
    [
      "gives logs of another fork",
      "RPC_INCONSISTENT",
      11,
      () =>
        auditBehind(
          about("eth_getLogs", (logs: Json[]) => logs.map((log) => ({ ...log, blockHash: withBitOf(log.blockHash) }))),
        ),
    ],
    [
      "gives logs that were not asked for",
      "RPC_INCONSISTENT",
      11,
      () =>
        auditBehind(about("eth_getLogs", (logs: Json[]) => logs.map((log) => ({ ...log, blockNumber: "0xffffff" })))),
    ],
    [
      "changes a byte of calldata",
      "RPC_INCONSISTENT",
      11,
      () => auditBehind(about("eth_getTransactionByHash", (tx: Json) => ({ ...tx, input: withBitOf(tx.input) }))),
    ],
    [
      "gives another sender",
      "RPC_INCONSISTENT",
      11,
      () => auditBehind(about("eth_getTransactionByHash", (tx: Json) => ({ ...tx, from: tx.to ?? tx.from }))),
    ],
    [
      "reorganizes the chain meanwhile",
      "RPC_REORG",
      10,
      () => {
        let views = 0;
        return auditBehind((question, honest) => {
          if (question.method === "eth_call") views++;
          const isLast = question.method === "eth_getBlockByNumber" && Number(question.params[0]) === latest;
          const block = honest.result as Json;
          // The contract is asked for five facts at first, and for all of its state at the end.
          return isLast && views > 5 ? { result: { ...block, hash: withBitOf(block.hash) } } : honest;
        });
      },
    ],
    [
      "gives another block than asked",
      "RPC_ANSWER_INVALID",
      13,
      () => auditBehind(about("eth_getBlockByNumber", (block: Json) => ({ ...block, number: "0x1" }))),
    ],
    [
      "cuts the events' data",
      "RPC_ANSWER_INVALID",
      13,
      () =>
        auditBehind(
          about("eth_getLogs", (logs: Json[]) => logs.map((log) => ({ ...log, data: String(log.data).slice(0, 34) }))),
        ),
    ],
    [
      "cuts the results of views",
      "RPC_ANSWER_INVALID",
      13,
      () => {
        let count = 0;
        return auditBehind(about("eth_call", (result: string) => (count++ > 12 ? result.slice(0, 34) : result)));
      },
    ],
    ["sends half of its answers", "RPC_UNAVAILABLE", 5, () => auditBehind(() => '{"jsonrpc":"2.0","id":1,"resu')],
    [
      "never stops sending",
      "RPC_ANSWER_TOO_LARGE",
      13,
      () =>
        auditBehind(
          (question, honest) => (question.method === "eth_getBlockByNumber" ? "[".repeat(2_000_000) : honest),
          {
            maxAnswerBytes: 1_000_000,
          },
        ),
    ],
    [
      "disagrees with another on a block",
      "RPC_DISAGREE",
      11,
      () =>
        auditBehind(
          about("eth_getBlockByNumber", (block: Json) => ({ ...block, hash: withBitOf(block.hash) })),
          { secondRpcUrl: history.rpcUrl },
        ),
    ],
    [
      "hides a log that another shows",
      "RPC_DISAGREE",
      11,
      () =>
        auditBehind(
          about("eth_getLogs", (logs: Json[]) => logs.slice(1)),
          { secondRpcUrl: history.rpcUrl },
        ),
    ],
    [
      "is on another chain than the other",
      "RPC_DISAGREE",
      11,
      () =>
        auditBehind(
          about("eth_chainId", () => "0x1"),
          { secondRpcUrl: history.rpcUrl },
        ),
    ],
    ["does not know the last block yet", "TO_BLOCK_UNKNOWN", 2, () => audit({ toBlock: latest + 1_000_000 })],
  ])("one that %s (%s)", async (_what, code, exitCode, run) => {
    expect(await failure(run())).toEqual([code, exitCode, false]);
  });

  test("one that hides its last logs leaves findings", async () => {
    const report = await auditBehind(
      about("eth_getLogs", (logs: Json[]) => logs.filter((log) => Number(log.blockNumber) < latest - 5)),
    );
    expect(report.ok).toBe(false);
    expect(report.findings.map(({ name }) => name)).toContain("contract-state");
  });

  test("two of which one is behind are asked for what both know", async () => {
    const report = await auditBehind(
      about("eth_blockNumber", () => `0x${(latest - 3).toString(16)}`),
      { secondRpcUrl: history.rpcUrl, toBlock: null },
    );
    expect(report).toMatchObject({ ok: true, toBlock: latest - 3 });
  });
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
    const whole = await audit({ seed: "s" });
    for (const toBlock of [whole.fromBlock + 9, latest - 20, latest - 19])
      expect(await audit({ statePath, toBlock, seed: "s" })).toMatchObject({ ok: true, toBlock });
    await using node = await startLyingNode(history.rpcUrl, (_question, honest) => honest);
    const resumed = await audit({ rpcUrl: node.url, statePath, seed: "s" });
    const { tallies, resumedFrom, ...rest } = resumed;
    const { tallies: wholeTallies, resumedFrom: nowhere, ...wholeRest } = whole;
    expect([nowhere, resumedFrom]).toEqual([null, latest - 19]);
    expect(rest).toEqual(wholeRest);
    expect({ ...tallies, signaturesCheckedTwice: 0 }).toEqual({ ...wholeTallies, signaturesCheckedTwice: 0 });
    // The creation is not looked for again.
    expect(node.asked.get("eth_getCode")).toBeLessThan(4);
  });

  test("remembers what it found", async () => {
    const statePath = stateOf("findings");
    const { fromBlock } = await audit();
    // The deposits: what they pay later is not covered.
    const isHidden = (log: Json): boolean => Number(log.blockNumber) > fromBlock + 3 && Number(log.blockNumber) < 25;
    const hidden = about("eth_getLogs", (logs: Json[]) => logs.filter((log) => !isHidden(log)));
    const first = await auditBehind(hidden, { statePath, toBlock: latest - 10 });
    const second = await audit({ statePath });
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
        await audit({ statePath });
        edit(statePath, "UPDATE checkpoint SET contract = ?", history.token);
        return audit({ statePath });
      },
    ],
    [
      "another version",
      "STATE_VERSION",
      async (statePath) => {
        await audit({ statePath });
        edit(statePath, "UPDATE checkpoint SET version = ?", 99);
        return audit({ statePath });
      },
    ],
    [
      "a chain that was reorganized",
      "STATE_REORGED",
      async (statePath) => {
        await audit({ statePath, toBlock: latest - 5 });
        return auditBehind(
          about("eth_getBlockByNumber", (block: Json, [number]) =>
            Number(number) === latest - 5 ? { ...block, hash: withBitOf(block.hash) } : block,
          ),
          { statePath },
        );
      },
    ],
    [
      "a later block than is asked for",
      "STATE_AHEAD",
      async (statePath) => {
        await audit({ statePath });
        return audit({ statePath, toBlock: latest - 1 });
      },
    ],
    [
      "no SQLite at all",
      "STATE_UNUSABLE",
      async (statePath) => {
        writeFileSync(statePath, readFileSync(import.meta.filename));
        return audit({ statePath });
      },
    ],
  ])("of %s is refused", async (what, code, run) => {
    expect(await failure(run(stateOf(what.replaceAll(" ", "-"))))).toEqual([code, 14, false]);
  });

  test("in use by another audit is refused", async () => {
    const statePath = stateOf("in-use");
    using _held = openStateFile(statePath);
    expect(await failure(audit({ statePath }))).toEqual(["STATE_IN_USE", 14, false]);
  });
});
