import type { InfoHash } from "../../protocol/base/ids.ts";
import { type Amount, max } from "../../protocol/base/units.ts";
import type { Block } from "../chain/block.ts";
import { exposureOf, type Reservation } from "./reservations.ts";

/** What a sponsor's ticket may still reserve (docs/protocol.md 4.14). Pure. */

export interface TicketState {
  readonly infoHash: InfoHash;
  readonly isOpen: boolean;
  /** Seconds since 1970; null: nobody has got it. */
  readonly givenAt: number | null;
}

/** What new lanes of a ticket on this content may hold. */
export function leftOnTicket(
  ticket: TicketState,
  lanes: readonly Reservation[],
  at: {
    readonly infoHash: InfoHash;
    readonly cap: Amount;
    readonly now: number;
    readonly lifetimeSec: number;
    readonly block: Block;
    readonly claimPeriodSec: number;
  },
): Amount {
  const { infoHash, isOpen, givenAt } = ticket;
  const isLive = isOpen && givenAt !== null && at.now < givenAt + at.lifetimeSec;
  if (!isLive || infoHash !== at.infoHash) return 0n;
  return max(at.cap - sumExposure(lanes, at.block, at.claimPeriodSec), 0n);
}

export function sumExposure(lanes: readonly Reservation[], block: Block, claimPeriodSec: number): Amount {
  return lanes.reduce((sum, lane) => sum + exposureOf(lane, block, claimPeriodSec), 0n);
}
