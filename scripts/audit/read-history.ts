import { getAddress, id, type Log, zeroPadValue } from "ethers";
import type { Call } from "./calls.ts";
import type { ChainReader } from "./chain-reader.ts";
import { decodeCalls, decodeTrace } from "./decode-calls.ts";
import { decodeEvent, decodeTransfer } from "./decode-events.ts";
import type { Address, Hex, TransactionFacts } from "./facts.ts";

const TRANSFER = id("Transfer(address,address,uint256)");
/** Requests under way at once. */
const PARALLEL = 16;

/** All transactions in which the contract left an event or its tokens moved, in chain order. */
export async function readHistory(
  chain: ChainReader,
  at: { readonly contract: Address; readonly token: Address; readonly fromBlock: number; readonly toBlock: number },
): Promise<TransactionFacts[]> {
  const { contract, token, fromBlock, toBlock } = at;
  const padded = zeroPadValue(contract, 32);
  const own = await chain.logs({ address: contract }, fromBlock, toBlock);
  const sent = await chain.logs({ address: token, topics: [TRANSFER, padded] }, fromBlock, toBlock);
  const received = await chain.logs({ address: token, topics: [TRANSFER, null, padded] }, fromBlock, toBlock);

  const byTransaction = new Map<Hex, Map<number, Log>>();
  for (const log of [...own, ...sent, ...received]) {
    const logs = byTransaction.get(log.transactionHash) ?? new Map<number, Log>();
    byTransaction.set(log.transactionHash, logs.set(log.index, log));
  }
  const inOrder = (a: Log, b: Log): number => a.blockNumber - b.blockNumber || a.index - b.index;
  const groups = [...byTransaction.values()]
    .map((logs) => [...logs.values()].toSorted(inOrder))
    .toSorted((a, b) => inOrder(a[0] as Log, b[0] as Log));

  const times = new Map<number, Promise<number>>();
  const timeOf = (block: number): Promise<number> => {
    const time = times.get(block) ?? chain.time(block);
    times.set(block, time);
    return time;
  };
  return mapInParallel(groups, async (logs): Promise<TransactionFacts> => {
    const { transactionHash: hash, blockNumber: block } = logs[0] as Log;
    const ours = logs.filter((log) => getAddress(log.address) === contract);
    const ofToken = logs.filter((log) => getAddress(log.address) === token);
    return {
      hash,
      block,
      time: await timeOf(block),
      events: ours.flatMap((log) => decodeEvent(log) ?? []),
      transfers: ofToken.flatMap((log) => decodeTransfer(log) ?? []),
      calls: await readCalls(chain, contract, hash),
    };
  });
}

async function readCalls(chain: ChainReader, contract: Address, hash: Hex): Promise<Call[] | null> {
  const { to, from, data } = await chain.transaction(hash);
  if (to !== null && getAddress(to) === contract) return decodeCalls(from, data);
  // The deployment itself, or a call through another contract.
  const traced = await chain.trace(hash);
  if (traced) return decodeTrace(contract, traced);
  return to === null ? [] : null;
}

async function mapInParallel<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += PARALLEL)
    results.push(...(await Promise.all(items.slice(start, start + PARALLEL).map(map))));
  return results;
}
