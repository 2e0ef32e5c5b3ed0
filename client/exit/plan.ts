import type { Amount } from "../../protocol/base/units.ts";
import type { ClaimableVoucher } from "../../protocol/contract/calls.ts";
import type { Evidence } from "../../protocol/contract/evidence.ts";

/** What the chain knows of a lane. */
export interface LaneState {
  /** A batch or a claim has used it up. */
  readonly isSettled: boolean;
  /** What claims have recorded as paid to this payee, base units. */
  readonly recorded: Amount;
  /**
   * What has used it up, if `recorded` does not tell; null when that was not found, or not looked
   * for.
   */
  readonly use: LaneUse | null;
}

export interface LaneUse {
  /** What the lane has paid this payee, base units before the fee. */
  readonly paid: Amount;
  readonly evidence: Evidence;
}

export interface ClaimRules {
  /** Seconds since 1970, the chain's clock. */
  readonly now: number;
  readonly claimPeriodSec: number;
  /** Without waiting for the authority. */
  readonly isAll: boolean;
  /** Base units; less is not worth the gas. */
  readonly min: Amount;
}

/** Base units. `evidence` is null when the contract needs none. */
export interface PlannedClaim {
  readonly action: "claim";
  readonly paidBefore: Amount;
  readonly due: Amount;
  readonly evidence: Evidence | null;
}

/**
 * paid: nothing is due. waits: the authority may still settle it. dust: less than `min`. expired:
 * too late, `due` is lost. settled: too late to ask what the batch paid. unproved: what has used up
 * the lane was not found on the chain.
 */
export interface LeftLane {
  readonly action: "leave";
  readonly why: "paid" | "waits" | "dust" | "expired" | "settled" | "unproved";
  readonly paidBefore: Amount | null;
  readonly due: Amount;
}

/** Whether only evidence can tell what the lane has paid, while it is not too late to use it. */
export function needsEvidence(lane: ClaimableVoucher, state: LaneState, rules: ClaimRules): boolean {
  return state.isSettled && state.recorded === 0n && rules.now < claimableUntil(lane, rules);
}

/** What to do about a lane, decided by what the chain says and never by what the authority said. */
export function planClaim(lane: ClaimableVoucher, state: LaneState, rules: ClaimRules): PlannedClaim | LeftLane {
  const { allotment, amount } = lane;
  const promised = amount < allotment.cap ? amount : allotment.cap;
  const isTooLate = rules.now >= claimableUntil(lane, rules);
  const { use } = state;
  if (state.isSettled && state.recorded === 0n && use === null)
    return { action: "leave", why: isTooLate ? "settled" : "unproved", paidBefore: null, due: 0n };

  const paidBefore = state.recorded > 0n ? state.recorded : (use?.paid ?? 0n);
  const due = promised > paidBefore ? promised - paidBefore : 0n;
  const leave = (why: LeftLane["why"]): LeftLane => ({ action: "leave", why, paidBefore, due });
  if (due === 0n) return leave("paid");
  if (isTooLate) return leave("expired");
  if (due < rules.min) return leave("dust");
  if (!state.isSettled && !rules.isAll && rules.now < settledUntil(lane, rules)) return leave("waits");
  return { action: "claim", paidBefore, due, evidence: state.recorded > 0n ? null : (use?.evidence ?? null) };
}

function claimableUntil({ allotment }: ClaimableVoucher, { claimPeriodSec }: ClaimRules): number {
  return allotment.expiresAt + claimPeriodSec;
}

/** The authority's own deadline (docs/protocol.md 7.6): afterwards the payee helps itself. */
function settledUntil({ allotment }: ClaimableVoucher, { claimPeriodSec }: ClaimRules): number {
  return allotment.expiresAt + claimPeriodSec / 4;
}
