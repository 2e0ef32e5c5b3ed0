import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditedNode, failure, type Json, openAuditedNode, withBitOf } from "../support/audited-node.ts";
import { about, type Lie } from "../support/lying-node.ts";

let node: AuditedNode;
beforeAll(async () => {
  node = await openAuditedNode();
});
afterAll(() => node[Symbol.asyncDispose]());

const unavailable =
  (message: string): Lie =>
  (question, honest) =>
    question.method === "eth_getCode" && BigInt(question.params[1] as string) < BigInt(node.latest)
      ? { error: { code: -32000, message } }
      : honest;

describe("a node that cannot be trusted is no clean report:", () => {
  test("none, if it says the truth", async () => {
    expect(await node.auditBehind((_question, honest) => honest)).toMatchObject({
      ok: true,
      findingCount: 0,
      toBlock: node.latest,
    });
  });

  test.each<[string, string, number, () => Promise<unknown>]>([
    ["is on another chain", "CHAIN_MISMATCH", 3, () => node.audit({ chainId: 1n })],
    [
      "says so of geth's old state",
      "RPC_PRUNED",
      12,
      () => node.auditBehind(unavailable("missing trie node ab12 (path )")),
    ],
    ["says so of Besu's", "RPC_PRUNED", 12, () => node.auditBehind(unavailable("World state unavailable"))],
    [
      "hides that the contract is old",
      "RPC_INCONSISTENT",
      11,
      () =>
        node.auditBehind(about("eth_getCode", (code, [, block]) => (Number(block) < node.latest - 1 ? "0x" : code))),
    ],
    [
      "gives logs of another fork",
      "RPC_INCONSISTENT",
      11,
      () =>
        node.auditBehind(
          about("eth_getLogs", (logs: Json[]) => logs.map((log) => ({ ...log, blockHash: withBitOf(log.blockHash) }))),
        ),
    ],
    [
      "gives logs that were not asked for",
      "RPC_INCONSISTENT",
      11,
      () =>
        node.auditBehind(
          about("eth_getLogs", (logs: Json[]) => logs.map((log) => ({ ...log, blockNumber: "0xffffff" }))),
        ),
    ],
    [
      "changes a byte of calldata",
      "RPC_INCONSISTENT",
      11,
      () => node.auditBehind(about("eth_getTransactionByHash", (tx: Json) => ({ ...tx, input: withBitOf(tx.input) }))),
    ],
    [
      "gives another sender",
      "RPC_INCONSISTENT",
      11,
      () => node.auditBehind(about("eth_getTransactionByHash", (tx: Json) => ({ ...tx, from: tx.to ?? tx.from }))),
    ],
    [
      "reorganizes the chain meanwhile",
      "RPC_REORG",
      10,
      () => {
        let views = 0;
        return node.auditBehind((question, honest) => {
          if (question.method === "eth_call") views++;
          const isLast = question.method === "eth_getBlockByNumber" && Number(question.params[0]) === node.latest;
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
      () => node.auditBehind(about("eth_getBlockByNumber", (block: Json) => ({ ...block, number: "0x1" }))),
    ],
    [
      "cuts the events' data",
      "RPC_ANSWER_INVALID",
      13,
      () =>
        node.auditBehind(
          about("eth_getLogs", (logs: Json[]) => logs.map((log) => ({ ...log, data: String(log.data).slice(0, 34) }))),
        ),
    ],
    [
      "cuts the results of views",
      "RPC_ANSWER_INVALID",
      13,
      () => {
        let count = 0;
        return node.auditBehind(about("eth_call", (result: string) => (count++ > 12 ? result.slice(0, 34) : result)));
      },
    ],
    ["sends half of its answers", "RPC_UNAVAILABLE", 5, () => node.auditBehind(() => '{"jsonrpc":"2.0","id":1,"resu')],
    [
      "never stops sending",
      "RPC_ANSWER_TOO_LARGE",
      13,
      () =>
        node.auditBehind(
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
        node.auditBehind(
          about("eth_getBlockByNumber", (block: Json) => ({ ...block, hash: withBitOf(block.hash) })),
          { secondRpcUrl: node.history.rpcUrl },
        ),
    ],
    [
      "hides a log that another shows",
      "RPC_DISAGREE",
      11,
      () =>
        node.auditBehind(
          about("eth_getLogs", (logs: Json[]) => logs.slice(1)),
          { secondRpcUrl: node.history.rpcUrl },
        ),
    ],
    [
      "is on another chain than the other",
      "RPC_DISAGREE",
      11,
      () =>
        node.auditBehind(
          about("eth_chainId", () => "0x1"),
          { secondRpcUrl: node.history.rpcUrl },
        ),
    ],
    ["does not know the last block yet", "TO_BLOCK_UNKNOWN", 2, () => node.audit({ toBlock: node.latest + 1_000_000 })],
  ])("one that %s (%s)", async (_what, code, exitCode, run) => {
    expect(await failure(run())).toEqual([code, exitCode, false]);
  });

  test("one that hides its last logs leaves findings", async () => {
    const report = await node.auditBehind(
      about("eth_getLogs", (logs: Json[]) => logs.filter((log) => Number(log.blockNumber) < node.latest - 5)),
    );
    expect(report.ok).toBe(false);
    expect(report.findings.map(({ name }) => name)).toContain("contract-state");
  });

  test("two of which one is behind are asked for what both know", async () => {
    const report = await node.auditBehind(
      about("eth_blockNumber", () => `0x${(node.latest - 3).toString(16)}`),
      { secondRpcUrl: node.history.rpcUrl, toBlock: null },
    );
    expect(report).toMatchObject({ ok: true, toBlock: node.latest - 3 });
  });
});
