import { type Filter, isError, JsonRpcProvider, type Log, type TransactionResponse, toQuantity } from "ethers";
import { ChainError, InputError } from "../../protocol/base/errors.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import { asChainError, invalidAnswer, isRefusal } from "./rpc-errors.ts";
import { createRequest } from "./rpc-request.ts";

/**
 * The only file of the audit that talks to a node. Every question can fail with ChainError
 * RPC_UNAVAILABLE, RPC_PRUNED, RPC_ANSWER_TOO_LARGE or RPC_ANSWER_INVALID.
 */
export interface ChainReader {
  readonly chainId: bigint;
  latestBlock(): Promise<number>;
  block(number: number): Promise<BlockFacts>;
  time(block: number): Promise<number>;
  /** "0x" when there is none. */
  code(address: Address, block: number): Promise<Hex>;
  /** Any number of blocks: asked for in ranges that the node accepts. */
  logs(filter: Pick<Filter, "address" | "topics">, fromBlock: number, toBlock: number): Promise<Log[]>;
  transaction(hash: Hex): Promise<TransactionResponse>;
  gasUsed(hash: Hex): Promise<bigint>;
  /** Transactions of this sender on the chain, and those that wait in the node's pool as well. */
  nonces(address: Address): Promise<{ readonly mined: number; readonly withWaiting: number }>;
  /** Every call of the transaction, outermost first; null when the node offers no traces. */
  trace(hash: Hex): Promise<TracedCall | null>;
  /** @throws {ChainError} also CALL_REFUSED: the contract reverts, or the node refuses the call */
  call(to: Address, data: Hex, block: number): Promise<Hex>;
  /** As eth_getBlockByNumber answers. */
  rawBlock(number: number): Promise<Readonly<Record<string, unknown>>>;
  /** Merkle proofs of storage slots (eth_getProof, EIP-1186); null when the node offers none. */
  storageProof(address: Address, slots: readonly Hex[], block: number): Promise<StorageProof | null>;
}

export interface StorageProof {
  readonly accountProof: readonly Hex[];
  readonly storageProof: readonly { readonly proof: readonly Hex[] }[];
}

export interface BlockFacts {
  readonly number: number;
  readonly hash: Hex;
  readonly time: number;
}

/** As geth's callTracer prints it. */
export interface TracedCall {
  readonly type: string;
  readonly from: Address;
  readonly to?: Address;
  readonly input: Hex;
  readonly error?: string;
  readonly calls?: readonly TracedCall[];
}

/** Blocks of one log query: what public nodes allow. Halved when a node refuses. */
export const LOG_RANGE = 2_000;

type LogFilter = Pick<Filter, "address" | "topics">;

/** @throws {ChainError} RPC_UNAVAILABLE; {InputError} URL_INVALID */
export async function openChain(rpcUrl: string, signal: AbortSignal, maxAnswerBytes?: number): Promise<ChainReader> {
  const url = URL.parse(rpcUrl);
  if (url === null) throw new InputError("URL_INVALID", "write the node's address like http://127.0.0.1:8545");
  const connect = (chainId: bigint): JsonRpcProvider => {
    // Without a cache: a question that is asked twice must be answered twice by the node itself.
    const options = { staticNetwork: true, cacheTimeout: -1 };
    const provider = new JsonRpcProvider(createRequest(rpcUrl, maxAnswerBytes), chainId, options);
    signal.addEventListener("abort", () => provider.destroy(), { once: true });
    return provider;
  };
  const ask: Ask = async (what) => {
    try {
      return await what();
    } catch (error) {
      signal.throwIfAborted();
      throw asChainError(error, url.host);
    }
  };
  const probe = connect(0n);
  const chainId = await ask(async () => BigInt(await probe.send("eth_chainId", [])));
  probe.destroy();
  return createReader({ chainId, provider: connect(chainId), host: url.host, ask, signal });
}

/** Runs one question, and turns what ethers throws into one of our errors. */
type Ask = <T>(what: () => Promise<T>) => Promise<T>;

interface Connection {
  readonly chainId: bigint;
  readonly provider: JsonRpcProvider;
  readonly host: string;
  readonly ask: Ask;
  readonly signal: AbortSignal;
}

function createReader({ chainId, provider, host, ask, signal }: Connection): ChainReader {
  return {
    chainId,
    latestBlock: () => ask(() => provider.getBlockNumber()),
    block: (number) => ask(() => readBlock(provider, number)),
    time: async (number) => (await ask(() => readBlock(provider, number))).time,
    code: (address, block) => ask(() => provider.getCode(address, block)),
    logs: (filter, fromBlock, toBlock) => ask(() => readLogs(provider, filter, fromBlock, toBlock)),
    transaction: (hash) => ask(async () => known(await provider.getTransaction(hash), `transaction ${hash}`)),
    gasUsed: (hash) =>
      ask(async () => known(await provider.getTransactionReceipt(hash), `the receipt of ${hash}`).gasUsed),
    nonces: (address) =>
      ask(async () => ({
        mined: await provider.getTransactionCount(address, "latest"),
        withWaiting: await provider.getTransactionCount(address, "pending"),
      })),
    async trace(hash) {
      try {
        return (await provider.send("debug_traceTransaction", [hash, { tracer: "callTracer" }])) as TracedCall;
      } catch {
        signal.throwIfAborted();
        // Most public nodes offer none: the report then says what was not seen.
        return null;
      }
    },
    call: (to, data, block) => ask(() => callView(provider, host, { to, data }, block)),
    rawBlock: (number) => ask(() => provider.send("eth_getBlockByNumber", [toQuantity(number), false])),
    async storageProof(address, slots, block) {
      try {
        return (await provider.send("eth_getProof", [address, slots, toQuantity(block)])) as StorageProof;
      } catch {
        // Many public nodes offer none: the proof then says which values to compare.
        return null;
      }
    },
  };
}

async function readBlock(provider: JsonRpcProvider, number: number): Promise<BlockFacts> {
  const block = known(await provider.getBlock(number), `block ${number}`);
  if (block.number !== number) throw invalidAnswer(`block ${block.number} instead of ${number}`, null);
  return { number, hash: known(block.hash, `block ${number}`), time: block.timestamp };
}

async function readLogs(provider: JsonRpcProvider, filter: LogFilter, from: number, to: number): Promise<Log[]> {
  const logs: Log[] = [];
  for (let start = from; start <= to; start += LOG_RANGE)
    logs.push(...(await readLogRange(provider, filter, start, Math.min(to, start + LOG_RANGE - 1))));
  return logs;
}

async function readLogRange(provider: JsonRpcProvider, filter: LogFilter, from: number, to: number): Promise<Log[]> {
  try {
    return await provider.getLogs({ ...filter, fromBlock: from, toBlock: to });
  } catch (error) {
    // Else it is too much for one answer.
    if (from === to || isError(error, "NETWORK_ERROR")) throw error;
    const middle = Math.floor((from + to) / 2);
    return [
      ...(await readLogRange(provider, filter, from, middle)),
      ...(await readLogRange(provider, filter, middle + 1, to)),
    ];
  }
}

async function callView(
  provider: JsonRpcProvider,
  host: string,
  call: { readonly to: Address; readonly data: Hex },
  block: number,
): Promise<Hex> {
  try {
    return await provider.send("eth_call", [call, toQuantity(block)]);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new ChainError("CALL_REFUSED", `the node at ${host} refused a call of ${call.to}`, { cause: error });
  }
}

function known<T>(answer: T | null, what: string): T {
  if (answer !== null) return answer;
  throw new ChainError("RPC_UNAVAILABLE", `the node does not know ${what}: it is out of sync`);
}
