import { isError } from "ethers";
import { ChainError, FloodgateError } from "../../protocol/base/errors.ts";

/** What geth, Erigon, Nethermind, Besu, Hardhat and Anvil say when they have pruned old state. */
const PRUNED = /missing trie node|historical state|state .*(not|un)\s?available|pruned|world state unavailable/i;

/** Turns what ethers throws for a failed question into one of our errors. */
export function asChainError(error: unknown, host: string): FloodgateError {
  if (error instanceof FloodgateError) return error;
  const text = textOf(error);
  if (PRUNED.test(text))
    return new ChainError(
      "RPC_PRUNED",
      `the node at ${host} has pruned old state: ask an archive node, or give --from-block`,
      { cause: error },
    );
  return new ChainError(
    "RPC_UNAVAILABLE",
    `no usable answer from the chain at ${host}: check that it runs and keeps old state, and --rpc`,
    { cause: error },
  );
}

/** Whether the node answered, and refused: it would refuse again. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof FloodgateError || PRUNED.test(textOf(error))) return false;
  return isError(error, "CALL_EXCEPTION") || (isError(error, "UNKNOWN_ERROR") && "error" in error);
}

/** A node's answer contradicts the question or an earlier answer. */
export function inconsistent(what: string): ChainError {
  return new ChainError(
    "RPC_INCONSISTENT",
    `the node contradicts itself: ${what}; run again, or ask another node with --rpc`,
  );
}

/** A node's answer is malformed. */
export function invalidAnswer(what: string, cause: unknown): ChainError {
  return new ChainError("RPC_ANSWER_INVALID", `the node's answer is malformed: ${what}; ask another node with --rpc`, {
    cause,
  });
}

/** ethers hides the node's own words in one of these. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { error: own, info } = error as { error?: { message?: unknown }; info?: { error?: { message?: unknown } } };
  return [error.message, own?.message, info?.error?.message].filter((text) => typeof text === "string").join(" ");
}
