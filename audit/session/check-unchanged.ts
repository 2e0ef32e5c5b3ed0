import { ChainError } from "../../protocol/base/errors.ts";
import type { BlockFacts, ChainReader } from "../chain/chain-reader.ts";

/** A block that was read before must still be of the chain. @throws {ChainError} RPC_REORG */
export async function checkUnchanged(chain: ChainReader, { number, hash }: BlockFacts): Promise<void> {
  const again = await chain.block(number);
  if (again.hash === hash) return;
  const message = `the chain was reorganized: block ${number} was ${hash}, and is ${again.hash} now; run again, or stop earlier with --to-block`;
  throw new ChainError("RPC_REORG", message);
}
