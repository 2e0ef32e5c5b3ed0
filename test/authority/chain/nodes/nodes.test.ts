import { pino } from "pino";
import { numberToHex } from "viem";
import { expect, test } from "vitest";
import { type Node, NodeFault, NodeRefusal } from "../../../../authority/chain/nodes/node.ts";
import { createNodesTransport } from "../../../../authority/chain/nodes/nodes.ts";

/** Several nodes of one chain, of which one is not as it should be. */

const NOW_SEC = 1_900_000_000;
const HEAD = 1_000;
const LATEST = ["eth_getBlockByNumber", ["latest", false]] as const;
const LOGS = ["eth_getLogs", [{ fromBlock: "0x1", toBlock: "0x2" }]] as const;

type Answers = Readonly<Record<string, (params: readonly unknown[]) => unknown>>;

/** Answers as all good nodes do, but for `odd`. */
function nodeOf(name: string, odd: Answers = {}): Node {
  const good: Answers = {
    eth_chainId: () => "0x1",
    eth_getBlockByNumber: ([tag]) => blockAt(tag === "latest" ? HEAD : Number(tag)),
    eth_getLogs: () => [{ logIndex: "0x0", data: "0x01" }],
  };
  return {
    name,
    request: async (method, params) => (odd[method] ?? good[method] ?? (() => null))(params as unknown[]),
  };
}

const blockAt = (height: number, aheadSec = 0) => ({
  number: numberToHex(height),
  hash: numberToHex(height + aheadSec, { size: 32 }),
  parentHash: numberToHex(height - 1, { size: 32 }),
  timestamp: numberToHex(NOW_SEC - HEAD + height + aheadSec),
});

function openNodes(nodes: readonly Node[], quorum = Math.floor(nodes.length / 2) + 1) {
  const said: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => said.push(JSON.parse(line).reason) });
  const all = createNodesTransport({
    nodes,
    quorum,
    chainId: () => 1,
    maxAheadSec: () => 900,
    log,
    now: () => NOW_SEC * 1_000,
  });
  const { request } = all.transport({ retryCount: 0 });
  return {
    ask: ([method, params]: typeof LATEST | typeof LOGS) => request({ method, params }),
    said,
    count: all.count,
  };
}

const good = ["b", "c"].map((name) => nodeOf(name));
const ahead = (sec: number): Answers => ({
  eth_getBlockByNumber: ([tag]) => blockAt(tag === "latest" ? HEAD : Number(tag), sec),
});

test.each<[string, Answers, RegExp]>([
  ["has a time far ahead", ahead(1_000_000), /s ahead of this machine's/],
  ["is on another chain", { eth_chainId: () => "0x5" }, /on chain 5/],
  ["lags", { eth_getBlockByNumber: () => blockAt(HEAD - 50) }, /blocks behind/],
  ["cannot be reached", { eth_chainId: () => Promise.reject(new NodeFault("it cannot be reached")) }, /be reached/],
])("a node that %s is set aside with its reason, and the block of the others counts", async (_, odd, reason) => {
  const { ask, said, count } = openNodes([nodeOf("a", odd), ...good]);
  expect(await ask(LATEST)).toEqual(blockAt(HEAD));
  expect(said).toEqual([expect.stringMatching(reason)]);
  expect(count()).toEqual({ used: 2, aside: 1 });
});

test("the only node's time far ahead is not believed: the chain stands still, and nothing becomes too late", async () => {
  const { ask } = openNodes([nodeOf("a", ahead(1_000_000))]);
  await expect(ask(LATEST)).rejects.toThrow(/too few of 1 nodes/);
});

test("a node that leaves out a payment is outvoted, and set aside", async () => {
  const { ask, said } = openNodes([nodeOf("a", { eth_getLogs: () => [] }), ...good]);
  expect(await ask(LOGS)).toHaveLength(1);
  expect(said).toEqual([expect.stringMatching(/otherwise about eth_getLogs/)]);
});

test("a node that never answers keeps nobody waiting", async () => {
  const silent = nodeOf("a", { eth_getLogs: () => new Promise(() => undefined) });
  expect(await openNodes([silent, ...good]).ask(LOGS)).toHaveLength(1);
});

test("a node that has pruned the block is outvoted by those that have it", async () => {
  const pruned = nodeOf("a", {
    eth_getLogs: () => Promise.reject(new NodeRefusal("missing trie node: pruned", -32_000, undefined)),
  });
  expect(await openNodes([pruned, ...good]).ask(LOGS)).toHaveLength(1);
});

test("of two that disagree neither is believed", async () => {
  const nodes = openNodes([nodeOf("a", { eth_getLogs: () => [] }), nodeOf("b")]);
  await expect(nodes.ask(LOGS)).rejects.toThrow(/2 different answers/);
});
