import type { ChainReader } from "../chain/chain-reader.ts";
import type { Hex } from "../facts/primitives.ts";

/** Requests under way at once. */
const PARALLEL = 16;

/** Gas that each transaction used: a transaction may hold several batches. */
export async function readGas(
  chain: Pick<ChainReader, "gasUsed">,
  transactions: Iterable<Hex>,
): Promise<Map<Hex, bigint>> {
  const hashes = [...new Set(transactions)];
  const gas = new Map<Hex, bigint>();
  for (let start = 0; start < hashes.length; start += PARALLEL) {
    const slice = hashes.slice(start, start + PARALLEL);
    const used = await Promise.all(slice.map((hash) => chain.gasUsed(hash)));
    for (const [i, hash] of slice.entries()) gas.set(hash, used[i] as bigint);
  }
  return gas;
}
