import { ChainError } from "../../protocol/base/errors.ts";
import { keccakOf } from "../facts/keccak.ts";
import type { ChainReader } from "./chain-reader.ts";

/**
 * Two nodes that do not know each other, as one. What both can answer, both are asked: chain id, blocks, logs and views.
 * Old code, calldata and traces are the first one's. @throws {ChainError} RPC_DISAGREE
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
    // The node behind is asked for nothing that it cannot know yet.
    latestBlock: async () => Math.min(await first.latestBlock(), await second.latestBlock()),
    block: (number) => both(`block ${number}`, (chain) => chain.block(number)),
    time: (number) => both(`the time of block ${number}`, (chain) => chain.time(number)),
    logs: (filter, from, to) => both(`the logs of blocks ${from} to ${to}`, (chain) => chain.logs(filter, from, to)),
    call: (to, data, block) => both(`what ${to} says at block ${block}`, (chain) => chain.call(to, data, block)),
  };
}

function digest(answer: unknown): string {
  return keccakOf(JSON.stringify(answer));
}

function disagreement(what: string): ChainError {
  return new ChainError(
    "RPC_DISAGREE",
    `the two nodes do not agree on ${what}: one of them is not in step, or lies; ask a third with --rpc`,
  );
}
