import { ChainError } from "../../protocol/base/errors.ts";
import { keccakOf } from "../facts/keccak.ts";
import type { ChainReader } from "./chain-reader.ts";

/**
 * Two independent nodes as one. Both are asked for chain id, blocks, logs, views and code, and must
 * agree; a node that has deleted old code has no say in it. Calldata and traces come from the
 * first.
 * @throws {ChainError} RPC_DISAGREE
 */
export function agreeOn(first: ChainReader, second: ChainReader): ChainReader {
  if (first.chainId !== second.chainId)
    throw disagreement(`which chain they are on: ${first.chainId} and ${second.chainId}`);
  const both = async <T>(what: string, ask: (chain: ChainReader) => Promise<T>): Promise<T> => {
    const [one, other] = await Promise.all([ask(first), ask(second)]);
    if (digest(one) !== digest(other)) throw disagreement(what);
    return one;
  };
  return {
    ...first,
    // The node that is behind cannot know later blocks.
    latestBlock: async () => Math.min(await first.latestBlock(), await second.latestBlock()),
    block: (number) => both(`block ${number}`, (chain) => chain.block(number)),
    time: (number) => both(`the time of block ${number}`, (chain) => chain.time(number)),
    logs: (filter, from, to) => both(`the logs of blocks ${from} to ${to}`, (chain) => chain.logs(filter, from, to)),
    async code(address, block) {
      const [one, other] = await Promise.all([
        first.code(address, block),
        second.code(address, block).catch((error: unknown) => {
          if (error instanceof ChainError && error.code === "RPC_PRUNED") return null;
          throw error;
        }),
      ]);
      if (other !== null && other !== one) throw disagreement(`the code of ${address} at block ${block}`);
      return one;
    },
    call: (to, data, block) => both(`what ${to} says at block ${block}`, (chain) => chain.call(to, data, block)),
  };
}

function digest(answer: unknown): string {
  return keccakOf(JSON.stringify(answer));
}

function disagreement(what: string): ChainError {
  return new ChainError(
    "RPC_DISAGREE",
    `the two nodes disagree on ${what}: one of them is out of sync, or lies; ask a third with --rpc`,
  );
}
