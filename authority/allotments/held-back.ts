import { type Amount, max } from "../../protocol/base/units.ts";
import type { Block } from "../chain/block.ts";
import type { HeldBalance } from "../store/restore/restores.ts";
import type { PlanLane } from "../store/views/payers.ts";
import { reservationOf, sumReserved } from "./reservations.ts";

/**
 * What lost lanes and releases may still take, beside what the lanes reserve that the store holds:
 * all that the account had when the store was restored. Pure.
 */
export function heldBack(
  held: HeldBalance | null,
  lanes: readonly PlanLane[],
  block: Block,
  claimPeriodSec: number,
): Amount {
  if (held === null) return 0n;
  // Money for newer lanes came later.
  const older = lanes.filter(({ issuedAtBlock }) => issuedAtBlock < held.block).map(reservationOf);
  return max(held.amount - sumReserved(older, block, claimPeriodSec), 0n);
}
