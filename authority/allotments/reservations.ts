import type { Address, InfoHash } from "../../protocol/ids.ts";
import type { Amount } from "../../protocol/units.ts";

/** What the reservation rules need to know of a lane that T gave out. */
export interface ReservedLane {
  readonly lane: number;
  readonly sessionKey: Address;
  readonly payeeKey: Address;
  readonly infoHash: InfoHash;
  readonly cap: Amount;
  /** Bytes. */
  readonly credit: number;
  readonly expiresAt: number;
  /** Gross, paid on-chain in block `paidAtBlock`; 0 before. */
  readonly paid: Amount;
  readonly paidAtBlock: number | null;
  /** Its payee takes no more vouchers on it, or T is settling it. It reserves all the same. */
  readonly isClosed?: boolean;
}

/** The confirmed block at which all money of one decision is read. */
export interface ConfirmedBlock {
  readonly number: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/**
 * What a lane may still take from its payer, as seen at `block`: cap - paid until the claim window has closed, settled
 * or not. A payment in a later block is not in the balance that was read, so it does not count yet.
 */
function reservedBy(lane: ReservedLane, block: ConfirmedBlock, claimPeriodSec: number): Amount {
  if (block.timestamp >= lane.expiresAt + claimPeriodSec) return 0n;
  const isPaidByThen = lane.paidAtBlock !== null && lane.paidAtBlock <= block.number;
  return lane.cap - (isPaidByThen ? lane.paid : 0n);
}

export function sumReserved(lanes: readonly ReservedLane[], block: ConfirmedBlock, claimPeriodSec: number): Amount {
  return lanes.reduce((sum, lane) => sum + reservedBy(lane, block, claimPeriodSec), 0n);
}
