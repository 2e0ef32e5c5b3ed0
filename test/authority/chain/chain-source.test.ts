import { pino } from "pino";
import { createPublicClient, numberToHex } from "viem";
import { describe, expect, test } from "vitest";
import { createChainSource } from "../../../authority/chain/chain-source.ts";
import { checkFinality, chooseFinality, type Finality } from "../../../authority/chain/finality.ts";
import { NodeRefusal } from "../../../authority/chain/nodes/node.ts";
import { createNodesTransport } from "../../../authority/chain/nodes/nodes.ts";
import { createReach } from "../../../authority/chain/reach.ts";
import { CONTRACT } from "../support/fake-chain.ts";

const HEAD = 10_000;
const MAINNET = 1;
const DEVNET = 31_337;

const blockAt = (height: number) => ({
  number: numberToHex(height),
  hash: numberToHex(height, { size: 32 }),
  parentHash: numberToHex(height - 1, { size: 32 }),
  timestamp: numberToHex(height),
});

/** `tags`: blocks that the node names. `logs`: what it says of a range of so many blocks. */
function openSource({
  finality = 2,
  tags = {},
  logs = () => [],
}: {
  readonly finality?: Finality;
  readonly tags?: Readonly<Record<string, number>>;
  readonly logs?: (blocks: number) => unknown;
}) {
  const asked: [number, number][] = [];
  const answers: Readonly<Record<string, (params: readonly unknown[]) => unknown>> = {
    eth_chainId: () => numberToHex(MAINNET),
    eth_getBlockByNumber: ([tag]) => {
      const height = String(tag).startsWith("0x") ? Number(tag) : { latest: HEAD, ...tags }[String(tag)];
      return height === undefined ? null : blockAt(height);
    },
    eth_getLogs: ([filter]) => {
      const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string };
      asked.push([Number(fromBlock), Number(toBlock)]);
      return logs(Number(toBlock) - Number(fromBlock) + 1);
    },
  };
  const node = {
    name: "node",
    request: async (method: string, params: unknown) => answers[method]?.(params as readonly unknown[]),
  };
  const nodes = createNodesTransport({
    nodes: [node],
    quorum: 1,
    chainId: () => MAINNET,
    maxAheadSec: () => 900,
    log: pino({ level: "silent" }),
    now: () => HEAD * 1_000,
  });
  const client = createPublicClient({ transport: nodes.transport, cacheTime: 0 });
  return {
    source: createChainSource({ client, nodes, contract: CONTRACT, finality, reach: createReach(["node"]) }),
    asked,
  };
}

describe("a block is final", () => {
  test.each<[string, Finality | null, number, Finality]>([
    ["on a devnet after two more", null, DEVNET, 2],
    ["elsewhere when the chain says so", null, MAINNET, "finalized"],
    ["when the operator says so", "safe", MAINNET, "safe"],
    ["after as many as the operator says", 12, MAINNET, 12],
    ["on a devnet at once, where the operator says so", 0, DEVNET, 0],
  ])("%s", (_, configured, chainId, expected) => {
    expect(chooseFinality(configured, chainId)).toBe(expected);
  });

  test("never at once where money is real", () => {
    expect(() => chooseFinality(0, MAINNET)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  test.each<[Finality, Readonly<Record<string, number>>, number]>([
    ["finalized", { finalized: HEAD - 64 }, HEAD - 64],
    ["safe", { finalized: HEAD - 64, safe: HEAD - 32 }, HEAD - 32],
    [12, {}, HEAD - 12],
    // Such a node has no idea of finality.
    ["finalized", { finalized: HEAD }, HEAD - 1],
  ])("by %o at the height that the chain gives", async (finality, tags, height) => {
    const { source } = openSource({ finality, tags });
    await checkFinality(source, finality);
    expect(await source.finalHeight(await source.head())).toBe(height);
  });

  test("by no tag that the chain does not have: the operator must say how many blocks it takes", async () => {
    const { source } = openSource({ finality: "finalized" });
    await expect(checkFinality(source, "finalized")).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("--confirmations"),
    });
  });
});

describe("events of a long range", () => {
  const limited = (most: number) => (blocks: number) => {
    if (blocks > most) throw new NodeRefusal("query returned more than 10000 results", -32_005, undefined);
    return [];
  };

  test("are asked for in smaller parts when a node refuses, and in larger ones after that, without a gap", async () => {
    const { source, asked } = openSource({ logs: limited(300) });
    let next = 1;
    const parts: number[] = [];
    while (next <= HEAD) {
      const { to } = await source.eventsFrom(next, HEAD);
      parts.push(to.number - next + 1);
      next = to.number + 1;
    }
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(HEAD);
    expect(Math.max(...parts)).toBe(250);
    const sizes = asked.map(([first, last]) => last - first + 1);
    const steps = sizes.filter((size, i) => size !== sizes[i - 1]);
    expect(steps.slice(0, 6)).toEqual([2_000, 1_000, 500, 250, 500, 250]);
  });

  test("that a node refuses for a single block are an error, and no endless question", async () => {
    const { source, asked } = openSource({ logs: limited(0) });
    await expect(source.eventsFrom(1, HEAD)).rejects.toMatchObject({ code: "RPC_UNAVAILABLE" });
    expect(asked.at(-1)).toEqual([1, 1]);
  });
});
