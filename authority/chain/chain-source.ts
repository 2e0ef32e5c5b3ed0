import { decodeFunctionResult, encodeFunctionData, hexToBigInt, numberToHex, type PublicClient } from "viem";
import type { Hex } from "../../protocol/base/bytes.ts";
import { ChainError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import type { Header } from "./block.ts";
import type { Finality } from "./finality.ts";
import type { RecordName } from "./mirror/contract-state.ts";
import { decodeMirrorEvents } from "./mirror/mirror-events.ts";
import type { ChainSource, Readings } from "./mirror/source.ts";
import { LogRange } from "./nodes/log-ranges.ts";
import type { Nodes } from "./nodes/nodes.ts";
import { isPruned, isRangeRefused } from "./nodes/refusals.ts";
import type { Reach } from "./reach.ts";

/** Most nodes answer for a few thousand blocks at once. */
const MAX_RANGE = 2_000;

export function createChainSource({
  client,
  nodes,
  contract,
  finality,
  reach,
}: {
  readonly client: PublicClient;
  readonly nodes: Pick<Nodes, "distrust">;
  readonly contract: Address;
  readonly finality: Finality;
  readonly reach: Reach;
}): ChainSource {
  const range = new LogRange(MAX_RANGE);

  const header = async (number: number): Promise<Header | null> =>
    toHeader(await client.request({ method: "eth_getBlockByNumber", params: [numberToHex(number), false] }));

  const logsBetween = async (first: number, last: number) => {
    for (;;) {
      const to = await header(Math.min(last, first + range.blocks - 1));
      if (to === null) throw new ChainError("RPC_UNAVAILABLE", "the chain has become shorter: try again");
      try {
        const blocks = { fromBlock: BigInt(first), toBlock: BigInt(to.number) };
        const logs = await client.getLogs({ address: contract, ...blocks });
        // What was asked for by height must still stand on the same block.
        if ((await header(to.number))?.hash !== to.hash)
          throw new ChainError("RPC_UNAVAILABLE", "the chain has changed meanwhile: try again");
        range.grow();
        return { events: decodeMirrorEvents(contract, logs), to };
      } catch (error) {
        if (!isRangeRefused(error) || !range.shrink()) throw error;
      }
    }
  };

  return {
    head: () =>
      reach(async () => {
        const block = toHeader(await client.request({ method: "eth_getBlockByNumber", params: ["latest", false] }));
        if (block === null) throw new ChainError("RPC_UNAVAILABLE", "the node has no block");
        return block;
      }),
    header: (number) => reach(() => header(number)),
    finalHeight: (head) =>
      reach(async () => {
        if (typeof finality === "number") return head.number - finality;
        const tagged = await client.request({ method: "eth_getBlockByNumber", params: [finality, false] });
        // A node that calls its newest block final knows no final ones.
        return Math.min(toHeader(tagged)?.number ?? -1, head.number - 1);
      }),
    eventsOf: (block) =>
      reach(async () => {
        const logs = await client.getLogs({ address: contract, blockHash: block.hash });
        return decodeMirrorEvents(contract, logs);
      }),
    eventsFrom: (first, last) => reach(() => logsBetween(first, last)),
    readAt: (hash, names) =>
      reach(async () => {
        try {
          return await readAt(client, contract, hash, names);
        } catch (error) {
          if (isPruned(error)) return null;
          throw error;
        }
      }),
    distrust: nodes.distrust,
  };
}

interface RpcBlock {
  readonly number: Hex | null;
  readonly hash: Hex | null;
  readonly parentHash: Hex;
  readonly timestamp: Hex;
}

function toHeader(block: unknown): Header | null {
  if (block === null || block === undefined) return null;
  const { number, hash, parentHash, timestamp } = block as RpcBlock;
  if (number === null || hash === null) return null;
  return { number: Number(number), hash, parentHash, timestamp: Number(timestamp) };
}

/** Most values in one call: far below the gas that nodes give a call. */
const MAX_VALUES = 500;

/** All in one call for each hundreds of values, so that all is of the same block. */
async function readAt(
  client: PublicClient,
  contract: Address,
  hash: Hex,
  names: readonly RecordName[],
): Promise<Readings> {
  const values = new Map<RecordName, bigint>();
  let [batchCount, totalBalance] = [0n, 0n];
  for (let start = 0; start === 0 || start < names.length; start += MAX_VALUES) {
    const part = names.slice(start, start + MAX_VALUES);
    const calls = [encode("batchCount", []), encode("totalBalance", []), ...part.map(callFor)];
    const data = encodeFunctionData({ abi: floodgateAbi, functionName: "multicall", args: [calls] });
    const at = { blockHash: hash } as unknown as Hex;
    const answer = await client.request({ method: "eth_call", params: [{ to: contract, data }, at] });
    const results = decodeFunctionResult({ abi: floodgateAbi, functionName: "multicall", data: answer });
    [batchCount, totalBalance] = [hexToBigInt(results[0] as Hex), hexToBigInt(results[1] as Hex)];
    for (const [index, name] of part.entries()) values.set(name, hexToBigInt(results[index + 2] as Hex));
  }
  return { batchCount, totalBalance, values };
}

function callFor(name: RecordName): Hex {
  const [, account] = name.split(":") as [string, Address];
  return encode("nonces", [account]);
}

function encode(functionName: "batchCount" | "totalBalance" | "nonces", args: readonly Address[]): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0]);
}
