import type { Hex } from "../../../protocol/base/bytes.ts";

/**
 * The newest followed block that is still on the chain, by halving: what is below a block of the
 * chain is on the chain, too. Null if none is.
 * `followed`: newest first.
 */
export async function findCommonBlock<B extends { readonly number: number; readonly hash: Hex }>(
  followed: readonly B[],
  hashAt: (number: number) => Promise<Hex | null>,
): Promise<B | null> {
  let [from, to] = [0, followed.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const block = followed[middle] as B;
    if ((await hashAt(block.number)) === block.hash) to = middle;
    else from = middle + 1;
  }
  return followed[from] ?? null;
}
