import { id, type Log, type TransactionResponse, zeroPadValue } from "ethers";
import { FloodgateError } from "../../protocol/base/errors.ts";
import type { Call } from "../facts/calls.ts";
import { addressOf } from "../facts/checksum.ts";
import type { ChainEvent } from "../facts/events.ts";
import type { TransactionFacts } from "../facts/facts.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import { type BlockFacts, type ChainReader, LOG_RANGE } from "./chain-reader.ts";
import { checkTransaction } from "./check-transaction.ts";
import { decodeCalls, decodeTrace } from "./decode-calls.ts";
import { decodeEvent, decodeTransfer } from "./decode-events.ts";
import { inconsistent, invalidAnswer } from "./rpc-errors.ts";

const TRANSFER = id("Transfer(address,address,uint256)");
/** Transactions under way at once, and of one slice. */
const PARALLEL = 16;

export interface HistoryRange {
  readonly contract: Address;
  readonly token: Address;
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** A part of the history, in chain order. */
export interface HistorySlice {
  readonly transactions: readonly TransactionFacts[];
  /** All blocks up to this one are read. Null: more transactions follow. */
  readonly readTo: number | null;
}

/**
 * Reads, a few at a time, every transaction with events of the contract or moves of its tokens.
 * @throws {ChainError}
 */
export async function* streamHistory(chain: ChainReader, at: HistoryRange): AsyncGenerator<HistorySlice> {
  let before: BlockFacts | null = null;
  for (let from = at.fromBlock; from <= at.toBlock; from += LOG_RANGE) {
    const to = Math.min(at.toBlock, from + LOG_RANGE - 1);
    const groups = await readLogs(chain, at, from, to);
    for (let start = 0; start < groups.length; start += PARALLEL) {
      const blocks = new Map<number, Promise<BlockFacts>>();
      const slice = await Promise.all(
        groups.slice(start, start + PARALLEL).map(async (logs) => {
          const block = await blockOf(chain, blocks, logs);
          return { block, facts: await readTransaction(chain, at, logs, block) };
        }),
      );
      for (const { block } of slice) {
        if (before && block.number > before.number && block.time < before.time)
          throw inconsistent(`block ${block.number} is older than block ${before.number}`);
        before = block;
      }
      yield { transactions: slice.map(({ facts }) => facts), readTo: null };
    }
    yield { transactions: [], readTo: to };
  }
}

/** The whole history in memory: for recordings and tests. */
export async function readHistory(chain: ChainReader, at: HistoryRange): Promise<TransactionFacts[]> {
  const history: TransactionFacts[] = [];
  for await (const { transactions } of streamHistory(chain, at)) history.push(...transactions);
  return history;
}

/** The logs of each transaction, in chain order. */
async function readLogs(
  chain: ChainReader,
  { contract, token }: HistoryRange,
  from: number,
  to: number,
): Promise<Log[][]> {
  const padded = zeroPadValue(contract, 32);
  const own = await chain.logs({ address: contract }, from, to);
  const sent = await chain.logs({ address: token, topics: [TRANSFER, padded] }, from, to);
  const received = await chain.logs({ address: token, topics: [TRANSFER, null, padded] }, from, to);
  const byTransaction = new Map<Hex, Map<number, Log>>();
  for (const log of [...own, ...sent, ...received]) {
    if (log.blockNumber < from || log.blockNumber > to || log.removed)
      throw inconsistent(`it gave a log of block ${log.blockNumber} for blocks ${from} to ${to}`);
    const logs = byTransaction.get(log.transactionHash) ?? new Map<number, Log>();
    byTransaction.set(log.transactionHash, logs.set(log.index, log));
  }
  const inOrder = (a: Log, b: Log): number => a.blockNumber - b.blockNumber || a.index - b.index;
  return [...byTransaction.values()]
    .map((logs) => [...logs.values()].toSorted(inOrder))
    .toSorted((a, b) => inOrder(a[0] as Log, b[0] as Log));
}

/** The block that all of these logs must belong to. */
async function blockOf(
  chain: ChainReader,
  blocks: Map<number, Promise<BlockFacts>>,
  logs: readonly Log[],
): Promise<BlockFacts> {
  const { blockNumber: number, transactionHash: hash } = logs[0] as Log;
  const asked = blocks.get(number) ?? chain.block(number);
  blocks.set(number, asked);
  const block = await asked;
  if (logs.some((log) => log.blockHash !== block.hash))
    throw inconsistent(`logs of transaction ${hash} are not of block ${number} as it is now`);
  return block;
}

async function readTransaction(
  chain: ChainReader,
  { contract, token }: HistoryRange,
  logs: readonly Log[],
  { number: block, time }: BlockFacts,
): Promise<TransactionFacts> {
  const { transactionHash: hash } = logs[0] as Log;
  const ours = logs.filter((log) => addressOf(log.address) === contract);
  const ofToken = logs.filter((log) => addressOf(log.address) === token);
  const events = ours.flatMap((log) => decode(log, decodeEvent));
  const { isDirect, calls } = await readCalls(chain, contract, hash, block);
  return {
    hash,
    block,
    time,
    isDirect,
    events: await Promise.all(events.map((event) => withCode(chain, event, block))),
    transfers: ofToken.flatMap((log) => decode(log, decodeTransfer) ?? []),
    calls,
  };
}

/** An operator with code could not settle. */
async function withCode(chain: ChainReader, event: ChainEvent, block: number): Promise<ChainEvent> {
  if (event.kind !== "OperatorSet") return event;
  return { ...event, hasCode: (await chain.code(event.operator, block)) !== "0x" };
}

function decode<T>(log: Log, decodeLog: (log: Log) => T): T {
  try {
    return decodeLog(log);
  } catch (cause) {
    throw invalidAnswer(`log ${log.index} of block ${log.blockNumber}`, cause);
  }
}

async function readCalls(
  chain: ChainReader,
  contract: Address,
  hash: Hex,
  block: number,
): Promise<Pick<TransactionFacts, "isDirect" | "calls">> {
  const transaction = await chain.transaction(hash);
  checkTransaction(transaction, hash, block);
  const { to } = transaction;
  const isDirect = to !== null && addressOf(to) === contract;
  return { isDirect, calls: await decodeAll(chain, contract, transaction, isDirect) };
}

/** Null: they cannot be read, and what depends on them is listed as not checked. */
async function decodeAll(
  chain: ChainReader,
  contract: Address,
  { hash, to, from, data }: TransactionResponse,
  isDirect: boolean,
): Promise<Call[] | null> {
  try {
    if (isDirect) return decodeCalls(from, data);
    // The deployment itself, or a call through another contract.
    const traced = await chain.trace(hash);
    if (traced) return decodeTrace(contract, traced);
  } catch (error) {
    if (error instanceof FloodgateError) throw error;
    // Calldata that ethers cannot read, or no trace.
    return null;
  }
  return to === null ? [] : null;
}
