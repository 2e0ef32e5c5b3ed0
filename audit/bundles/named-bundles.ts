import type { ChainReader } from "../chain/chain-reader.ts";
import { decodeEvent } from "../chain/decode-events.ts";
import { FLOODGATE } from "../facts/abi.ts";
import type { Address, Hex } from "../facts/primitives.ts";

/** The bundle that a batch names. */
export interface NamedBundle {
  readonly batch: number;
  /** SHA-256 of its bundle; zero if it names none. */
  readonly bundleHash: Hex;
}

/**
 * What all batches name, in chain order. Bundles are read before the replay begins.
 * @throws {ChainError} RPC_UNAVAILABLE
 */
export async function listNamedBundles(
  chain: Pick<ChainReader, "logs">,
  at: { readonly contract: Address; readonly fromBlock: number; readonly toBlock: number },
): Promise<NamedBundle[]> {
  const topic = FLOODGATE.getEvent("Settled")?.topicHash ?? null;
  const logs = await chain.logs({ address: at.contract, topics: [topic] }, at.fromBlock, at.toBlock);
  return logs.flatMap(decodeEvent).flatMap((event) => {
    return event.kind === "Settled" ? { batch: event.batch, bundleHash: event.bundleHash } : [];
  });
}
