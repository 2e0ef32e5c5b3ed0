import type { Amount } from "../../protocol/base/units.ts";

export type ClaimVerdict =
  | { readonly isDue: true }
  /** Too late as far as one sees now; a reorganization may still change that. */
  | { readonly isDue: false; readonly state: "claiming" }
  /** Paid in full by now, or not worth or too late for a claim. */
  | { readonly isDue: false; readonly state: "settled" | "skipped"; readonly reason: string | null };

/**
 * Decides whether the authority claims for the payee of a lane. Amounts are decimal texts of base
 * units. `now`: time of the newest block, `finalNow`: of the confirmed one, seconds since 1970.
 */
export function judgeClaim(
  lane: { readonly amount: string; readonly paid: string; readonly expiresAt: number },
  { now, finalNow }: { readonly now: number; readonly finalNow: number },
  rules: { readonly minRow: Amount; readonly claimPeriodSec: number },
): ClaimVerdict {
  const missing = BigInt(lane.amount) - BigInt(lane.paid);
  if (missing <= 0n) return { isDue: false, state: "settled", reason: null };
  const end = lane.expiresAt + rules.claimPeriodSec;
  if (finalNow >= end) return { isDue: false, state: "skipped", reason: "EXPIRED" };
  if (now >= end) return { isDue: false, state: "claiming" };
  // A claim would cost more gas than this is worth: it is left to the payee.
  if (missing < rules.minRow) return { isDue: false, state: "skipped", reason: "DUST" };
  return { isDue: true };
}
