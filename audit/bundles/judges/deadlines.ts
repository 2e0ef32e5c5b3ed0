import type { Rules } from "../../facts/facts.ts";

/**
 * Last second in which a voucher may be settled: a quarter of the claim period after its
 * allotment's end, or after its receipt if that was later (docs/protocol.md 7.6), plus the
 * authority's lag.
 */
export function deadlineOf(
  { expiresAt, receivedAt }: { readonly expiresAt: number; readonly receivedAt: number },
  rules: Pick<Rules, "allotmentPeriod" | "claimPeriod">,
): number {
  return Math.max(expiresAt, receivedAt) + Math.floor(rules.claimPeriod / 4) + lagOf(rules);
}

/**
 * How far the authority's clock and its confirmed block may be from the chain's newest block: a
 * quarter of the allotment period (docs/protocol.md 1.4). Seconds.
 */
export function lagOf({ allotmentPeriod }: Pick<Rules, "allotmentPeriod">): number {
  return Math.floor(allotmentPeriod / 4);
}
