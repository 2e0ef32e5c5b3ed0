import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { isShareLane } from "../../protocol/base/publisher-share.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import type { Push } from "../../protocol/http/payments.ts";
import type { PushRefusal } from "../../protocol/http/push-refusals.ts";
import type { StoredLane } from "../store/tables/lanes.ts";

/** What becomes of a voucher that a payee pushes (docs/protocol.md 4.9). Pure. */

export type PushedVoucher = Push["vouchers"][number];

export interface VoucherRules {
  /** Of the payee's session. */
  readonly caller: { readonly account: Address; readonly sessionKey: Address };
  /** By the authority's clock, and not before the confirmed block. */
  readonly now: number;
  readonly claimPeriodSec: number;
}

/** Null: the voucher is good, but for its signature if it `needsProof`. */
export function judgeVoucher(
  lane: StoredLane | undefined,
  pushed: PushedVoucher,
  rules: VoucherRules,
): PushRefusal | null {
  if (!lane) return "LANE_UNKNOWN";
  if (lane.payee !== rules.caller.account && !isShareOf(lane, rules)) return "PAYEE_WRONG";
  const amount = parseBaseUnits(pushed.amount);
  if (amount === 0n) return "AMOUNT_ZERO";
  if (amount > BigInt(lane.cap)) return "ABOVE_CAP";
  return needsProof(lane, pushed) && isOver(lane, rules) ? tooLate(lane, amount) : null;
}

/** What the payee has claimed by itself is not lost to it. */
function tooLate(lane: StoredLane, amount: bigint): PushRefusal {
  return BigInt(lane.paid) >= amount ? "LANE_SETTLED" : "EXPIRED";
}

/** The publisher need not be there: the payer itself brings what it promises on such a lane. */
function isShareOf(lane: StoredLane, { caller }: VoucherRules): boolean {
  return isShareLane(lane) && lane.payer === caller.account && lane.sessionKey === caller.sessionKey;
}

/** Whether it promises more than what the authority holds, so that its signature counts. */
export function needsProof(lane: StoredLane, pushed: PushedVoucher): boolean {
  return parseBaseUnits(pushed.amount) > BigInt(lane.amount);
}

/**
 * Whether its claim window has closed. From the block that says so on, the money that it reserved
 * is promised again.
 */
function isOver({ expiresAt }: StoredLane, { now, claimPeriodSec }: VoucherRules): boolean {
  return now >= expiresAt + claimPeriodSec;
}

/** The lane with a good voucher: itself, when the voucher changes nothing. */
export function raiseLane(
  lane: StoredLane,
  pushed: PushedVoucher,
  rules: VoucherRules,
  receivedAt: number,
): PushRefusal | StoredLane {
  const amount = parseBaseUnits(pushed.amount);
  const isHigher = amount > BigInt(lane.amount);
  if (isHigher && isOver(lane, rules)) return tooLate(lane, amount);
  if (lane.state !== "open") return isHigher ? "LANE_SETTLED" : lane;
  // Only the device that the lane pays closes it, whose key has signed the request, and only at an
  // amount that is not below what came first. A share pays no device: its payer closes it.
  const mayClose = rules.caller.sessionKey === lane.payeeKey || isShareOf(lane, rules);
  const isFinal = pushed.final && mayClose && amount >= BigInt(lane.amount);
  const isFinished = isFinal || amount === BigInt(lane.cap);
  const change = {
    ...(isHigher ? { amount: amount.toString(), voucherSignature: pushed.signature as Hex, receivedAt } : {}),
    ...(isFinal ? { isFinal: 1 } : {}),
    ...(isFinished && lane.finishedAt === null ? { finishedAt: receivedAt } : {}),
  };
  return Object.keys(change).length > 0 ? { ...lane, ...change } : lane;
}
