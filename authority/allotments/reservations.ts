import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";

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
  /** What T's settlement of this lane takes whenever it lands: its highest voucher; 0 when T settles it no more. */
  readonly settling: Amount;
  /** Its payee takes no more vouchers on it, or T is settling it. It reserves all the same. */
  readonly isClosed?: boolean;
}

/** What of a lane reserves money. */
export type Reservation = Pick<ReservedLane, "cap" | "paid" | "paidAtBlock" | "expiresAt" | "settling">;

/** The confirmed block at which all money of one decision is read. */
export interface ConfirmedBlock {
  readonly number: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/**
 * What a lane may still take from its payer, as seen at `block`: cap - paid until the claim window has closed, settled
 * or not; after that what a late settlement still takes. A payment in a later block is not in the balance that was read, so
 * it does not count yet.
 */
function reservedBy(lane: Reservation, block: ConfirmedBlock, claimPeriodSec: number): Amount {
  const isPaidByThen = lane.paidAtBlock !== null && lane.paidAtBlock <= block.number;
  const paid = isPaidByThen ? lane.paid : 0n;
  if (block.timestamp < lane.expiresAt + claimPeriodSec) return lane.cap - paid;
  return lane.settling > paid ? lane.settling - paid : 0n;
}

export function sumReserved(lanes: readonly Reservation[], block: ConfirmedBlock, claimPeriodSec: number): Amount {
  return lanes.reduce((sum, lane) => sum + reservedBy(lane, block, claimPeriodSec), 0n);
}

/** What the release rules need to know of a release that T signed. */
export interface ReservedRelease {
  readonly amount: Amount;
  readonly nonce: number;
  /** Last second in which the contract takes it. */
  readonly deadline: number;
}

/** Whether the release may still take money that is in the balance read at `block`. `account`: read there, too. */
export function isReleaseOpen(
  release: ReservedRelease,
  account: { readonly releaseNonce: number },
  block: ConfirmedBlock,
): boolean {
  return account.releaseNonce <= release.nonce && block.timestamp <= release.deadline;
}

export function sumReleases(
  releases: readonly ReservedRelease[],
  account: { readonly releaseNonce: number },
  block: ConfirmedBlock,
): Amount {
  const open = releases.filter((release) => isReleaseOpen(release, account, block));
  return open.reduce((sum, { amount }) => sum + amount, 0n);
}
