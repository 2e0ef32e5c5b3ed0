import type { Amount } from "../../protocol/base/units.ts";

const MAX_BPS = 10_000;

/**
 * The rate, in basis points, at which rows of these amounts pay this fee in all; null if there is
 * none. Each row's fee is rounded down, so it only rises with the rate: any rate with the same sum
 * gives each row the same fee. Pure, by halving.
 */
export function feeRate(amounts: readonly Amount[], fee: Amount): number | null {
  const feeAt = (bps: number): Amount => amounts.reduce((sum, amount) => sum + (amount * BigInt(bps)) / 10_000n, 0n);
  let [low, high] = [0, MAX_BPS];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (feeAt(middle) < fee) low = middle + 1;
    else high = middle;
  }
  return feeAt(low) === fee ? low : null;
}
