import { pino } from "pino";
import { numberToHex } from "viem";
import { expect, test } from "vitest";
import { type Node, NodeFault, NodeRefusal } from "../../../../authority/chain/nodes/node.ts";
import { createNodesTransport } from "../../../../authority/chain/nodes/nodes.ts";
import { isPruned, isRangeRefused } from "../../../../authority/chain/nodes/refusals.ts";
import type { FaultKind } from "../../../../authority/chain/nodes/standing.ts";

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
    list: all.list,
  };
}

const good = ["b", "c"].map((name) => nodeOf(name));
const ahead = (sec: number): Answers => ({
  eth_getBlockByNumber: ([tag]) => blockAt(tag === "latest" ? HEAD : Number(tag), sec),
});

const away = () => Promise.reject(new NodeFault("it cannot be reached"));
const full = () => Promise.reject(new NodeRefusal("server busy", -32_000, undefined));

test.each<[string, Answers, FaultKind, RegExp]>([
  ["has a time far ahead", ahead(1_000_000), "time-ahead", /s ahead of this machine's/],
  ["is on another chain", { eth_chainId: () => "0x5" }, "other-chain", /on chain 5/],
  ["lags", { eth_getBlockByNumber: () => blockAt(HEAD - 50) }, "behind", /blocks behind/],
  ["cannot be reached", { eth_chainId: away }, "silent", /be reached/],
  ["answers with an error of its own", { eth_chainId: full }, "refusing", /server busy/],
])("a node that %s is set aside with its reason, and the block of the others counts", async (_, odd, kind, reason) => {
  const { ask, said, list } = openNodes([nodeOf("a", odd), ...good]);
  expect(await ask(LATEST)).toEqual(blockAt(HEAD));
  expect(said).toEqual([expect.stringMatching(reason)]);
  expect(list()).toEqual([
    { name: "a", aside: { kind, reason: said[0] }, faults: { [kind]: 1 } },
    { name: "b", aside: null, faults: {} },
    { name: "c", aside: null, faults: {} },
  ]);
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

const refuse =
  (message: string, code = -32_000) =>
  () =>
    Promise.reject(new NodeRefusal(message, code, undefined));

test.each([
  ["all of them", ["query returned more than 10000 results", "block range is too wide", "Log response size exceeded"]],
  ["too many of them", ["query returned more than 10000 results", "exceed maximum block range: 1000"]],
])(
  "when %s refuse a range of blocks, each in its words, that is the answer, and nobody is to blame",
  async (_, says) => {
    const nodes = says.map((message, i) => nodeOf(`n${i}`, { eth_getLogs: refuse(message, -32_005) }));
    const { ask, list } = openNodes([...nodes, ...good].slice(0, 3));
    const error: unknown = await ask(LOGS).catch((caught: unknown) => caught);
    expect(isRangeRefused(error)).toBe(true);
    expect(list().map(({ aside }) => aside)).toEqual([null, null, null]);
  },
);

const pruned = async (words: string, count: number) => {
  const others = Array.from({ length: count - 1 }, (_, i) => nodeOf(`n${i}`));
  const nodes = openNodes([nodeOf("a", { eth_getLogs: refuse(words) }), ...others]);
  return isPruned(await nodes.ask(LOGS).catch((caught: unknown) => caught));
};

test.each([
  ["geth", "missing trie node 5b7e (path ) state 0x1f is not available, not found"],
  ["geth", "historical state 0x1f is not available"],
  ["Nethermind", "No state available for block 0x1f"],
  ["Besu", "World state unavailable"],
  ["Erigon", "distance to target block exceeds maximum proof window"],
  ["Reth", "state at block #7 is pruned"],
])("one of two nodes that has pruned a block says so for both, as %s says it", async (_, words) => {
  expect([await pruned(words, 1), await pruned(words, 2)]).toEqual([true, true]);
});

test("a node that does not have a block yet has not pruned it", async () => {
  expect([await pruned("header not found", 1), await pruned("unknown block", 2)]).toEqual([false, false]);
});

test("of two that disagree neither is believed", async () => {
  const nodes = openNodes([nodeOf("a", { eth_getLogs: () => [] }), nodeOf("b")]);
  await expect(nodes.ask(LOGS)).rejects.toThrow(/2 different answers/);
});
