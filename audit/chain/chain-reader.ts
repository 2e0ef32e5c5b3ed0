import { type Filter, isError, JsonRpcProvider, type Log, type TransactionResponse, toQuantity } from "ethers";
import { ChainError, InputError } from "../../protocol/base/errors.ts";
import type { Address, Hex } from "../facts/facts.ts";
import { asChainError, invalidAnswer, isRefusal } from "./rpc-errors.ts";
import { createRequest } from "./rpc-request.ts";

/**
 * The only file of the audit that talks to a node. Every question can fail with ChainError RPC_UNAVAILABLE, RPC_PRUNED,
 * RPC_ANSWER_TOO_LARGE or RPC_ANSWER_INVALID.
 */
export interface ChainReader {
  readonly chainId: bigint;
  latestBlock(): Promise<number>;
  block(number: number): Promise<BlockFacts>;
  time(block: number): Promise<number>;
  /** "0x" when there is none. */
  code(address: Address, block: number): Promise<Hex>;
  /** Any number of blocks: asked for in ranges that the node answers. */
  logs(filter: Pick<Filter, "address" | "topics">, fromBlock: number, toBlock: number): Promise<Log[]>;
  transaction(hash: Hex): Promise<TransactionResponse>;
  gasUsed(hash: Hex): Promise<bigint>;
  /** Every call of the transaction, outermost first; null when the node offers no traces. */
  trace(hash: Hex): Promise<TracedCall | null>;
  /** @throws {ChainError} CALL_REFUSED, too: the contract reverts, or the node does not take the call */
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

/** Blocks of one log query: what public nodes allow; halved when one refuses. */
export const LOG_RANGE = 2_000;

/** @throws {ChainError} RPC_UNAVAILABLE; {InputError} URL_INVALID */
export async function openChain(rpcUrl: string, signal: AbortSignal, maxAnswerBytes?: number): Promise<ChainReader> {
  const url = URL.parse(rpcUrl);
  if (url === null) throw new InputError("URL_INVALID", "write the node's address like http://127.0.0.1:8545");
  const connect = (chainId: bigint): JsonRpcProvider => {
    // Asked twice, the node itself must answer twice.
    const options = { staticNetwork: true, cacheTimeout: -1 };
    const provider = new JsonRpcProvider(createRequest(rpcUrl, maxAnswerBytes), chainId, options);
    signal.addEventListener("abort", () => provider.destroy(), { once: true });
    return provider;
  };
  const ask = async <T>(what: () => Promise<T>): Promise<T> => {
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
  const provider = connect(chainId);

  const logsIn = async (filter: Pick<Filter, "address" | "topics">, from: number, to: number): Promise<Log[]> => {
    try {
      return await provider.getLogs({ ...filter, fromBlock: from, toBlock: to });
    } catch (error) {
      // Too much for one answer.
      if (from === to || isError(error, "NETWORK_ERROR")) throw error;
      const middle = Math.floor((from + to) / 2);
      return [...(await logsIn(filter, from, middle)), ...(await logsIn(filter, middle + 1, to))];
    }
  };
  const blockAt = (number: number): Promise<BlockFacts> =>
    ask(async () => {
      const block = await provider.getBlock(number);
      if (!block?.hash)
        throw new ChainError("RPC_UNAVAILABLE", `the node does not know block ${number}: it is not in step`);
      if (block.number !== number) throw invalidAnswer(`block ${block.number} instead of ${number}`, null);
      return { number, hash: block.hash, time: block.timestamp };
    });

  return {
    chainId,
    latestBlock: () => ask(() => provider.getBlockNumber()),
    block: blockAt,
    time: async (number) => (await blockAt(number)).time,
    code: (address, block) => ask(() => provider.getCode(address, block)),
    logs: (filter, fromBlock, toBlock) =>
      ask(async () => {
        const logs: Log[] = [];
        for (let from = fromBlock; from <= toBlock; from += LOG_RANGE)
          logs.push(...(await logsIn(filter, from, Math.min(toBlock, from + LOG_RANGE - 1))));
        return logs;
      }),
    transaction: (hash) =>
      ask(async () => {
        const transaction = await provider.getTransaction(hash);
        if (!transaction) throw new ChainError("RPC_UNAVAILABLE", `the node does not know transaction ${hash}`);
        return transaction;
      }),
    gasUsed: (hash) =>
      ask(async () => {
        const receipt = await provider.getTransactionReceipt(hash);
        if (!receipt) throw new ChainError("RPC_UNAVAILABLE", `the node has no receipt of transaction ${hash}`);
        return receipt.gasUsed;
      }),
    async trace(hash) {
      try {
        return (await provider.send("debug_traceTransaction", [hash, { tracer: "callTracer" }])) as TracedCall;
      } catch {
        signal.throwIfAborted();
        // Most public nodes offer none: the report then says what was not seen.
        return null;
      }
    },
    call: (to, data, block) =>
      ask(async () => {
        try {
          return await provider.send("eth_call", [{ to, data }, toQuantity(block)]);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          throw new ChainError("CALL_REFUSED", `the node at ${url.host} refused a call of ${to}`, { cause: error });
        }
      }),
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
