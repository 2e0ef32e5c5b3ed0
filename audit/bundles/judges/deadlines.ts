import type { Rules } from "../../facts/facts.ts";

/**
 * Last second in which a voucher may be settled: CW/4 after its allotment's end, or after its receipt if that was later
 * (protocol.md, section 4, "Settle"), and the lag that T's view of the chain may have, A/4 (section 7).
 */
export function deadlineOf(
  { expiresAt, receivedAt }: { readonly expiresAt: number; readonly receivedAt: number },
  rules: Pick<Rules, "allotmentPeriod" | "claimPeriod">,
): number {
  return Math.max(expiresAt, receivedAt) + Math.floor(rules.claimPeriod / 4) + lagOf(rules);
}

/** How far T's clock and its confirmed block may be from the chain's newest block, seconds. */
export function lagOf({ allotmentPeriod }: Pick<Rules, "allotmentPeriod">): number {
  return Math.floor(allotmentPeriod / 4);
}
