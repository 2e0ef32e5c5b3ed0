import type { Amount } from "../../../protocol/base/units.ts";
import type { StoredLane } from "./lanes.ts";

/** A stored lane as the reservation rules see it. */
export function toReservation(lane: StoredLane): {
  readonly cap: Amount;
  readonly paid: Amount;
  readonly paidAtBlock: number | null;
  readonly expiresAt: number;
  readonly settling: Amount;
} {
  const { expiresAt, paidAtBlock, state } = lane;
  // What is settled is paid only as of its block, which may be after the one that money is read at.
  const isSettled = state === "open" || state === "settling" || state === "settled";
  return {
    cap: BigInt(lane.cap),
    paid: BigInt(lane.paid),
    paidAtBlock,
    expiresAt,
    settling: isSettled ? BigInt(lane.amount) : 0n,
  };
}
