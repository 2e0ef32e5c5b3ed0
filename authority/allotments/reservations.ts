import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import { isShareLane } from "../../protocol/base/publisher-share.ts";
import { type Amount, max } from "../../protocol/base/units.ts";
import type { Block } from "../chain/block.ts";
import type { StoredRelease } from "../store/tables/withdrawals.ts";
import type { PlanLane } from "../store/views/payers.ts";

/** Which money of a payer is promised at a block (docs/protocol.md 3.1). Pure. */

/** What of a lane reserves money. */
export interface Reservation {
  readonly cap: Amount;
  readonly expiresAt: number;
  /** Gross, paid on-chain by block `paidAtBlock`; 0 before. */
  readonly paid: Amount;
  readonly paidAtBlock: number | null;
  /**
   * What a settlement of this lane takes whenever it lands: its highest voucher; 0 if none is to
   * come.
   */
  readonly settling: Amount;
}

/** A lane as the allotment rules see it. */
export interface ReservedLane extends Reservation {
  readonly lane: number;
  readonly sessionKey: Address;
  readonly payeeKey: Address;
  readonly infoHash: InfoHash;
  /** Bytes. */
  readonly credit: number;
  /** Chain time of the block at which its money was read. */
  readonly issuedAt: number;
  /**
   * Its payee takes no more vouchers on it, or it is being settled. It reserves money all the same.
   */
  readonly isClosed?: boolean;
  /** It pays the publisher's share of what the other lanes on its content buy. */
  readonly isShare?: boolean;
}

export function reservationOf(
  lane: Pick<PlanLane, "cap" | "amount" | "paid" | "paidAtBlock" | "expiresAt" | "state">,
): Reservation {
  const { expiresAt, paidAtBlock, state } = lane;
  // What is settled is paid only as of its block, which may come after the block at which money is
  // read.
  const isSettled = state === "open" || state === "settling" || state === "settled";
  return {
    cap: BigInt(lane.cap),
    paid: BigInt(lane.paid),
    paidAtBlock,
    expiresAt,
    settling: isSettled ? BigInt(lane.amount) : 0n,
  };
}

export function reservedLaneOf(lane: PlanLane): ReservedLane {
  const { sessionKey, payeeKey, infoHash, credit, issuedAt } = lane;
  const isClosed = lane.state !== "open" || lane.isFinal === 1;
  const isShare = isShareLane(lane);
  return {
    ...reservationOf(lane),
    lane: lane.lane,
    sessionKey,
    payeeKey,
    infoHash,
    credit,
    issuedAt,
    isClosed,
    isShare,
  };
}

/**
 * What a lane may still take from its payer, as seen at `block`. That is cap - paid until the claim
 * window has closed, settled or not, and after that what a late settlement still takes. A payment
 * in a later block does not count yet: it is not in the balance that was read.
 */
function reservedBy(lane: Reservation, block: Block, claimPeriodSec: number): Amount {
  const isPaidByThen = lane.paidAtBlock !== null && lane.paidAtBlock <= block.number;
  const paid = isPaidByThen ? lane.paid : 0n;
  if (block.timestamp < lane.expiresAt + claimPeriodSec) return lane.cap - paid;
  return lane.settling > paid ? lane.settling - paid : 0n;
}

/** What a lane takes from its payer at most over its whole life, as seen at `block`. */
export function exposureOf(lane: Reservation, block: Block, claimPeriodSec: number): Amount {
  return block.timestamp < lane.expiresAt + claimPeriodSec ? lane.cap : max(lane.paid, lane.settling);
}

export function sumReserved(lanes: readonly Reservation[], block: Block, claimPeriodSec: number): Amount {
  return lanes.reduce((sum, lane) => sum + reservedBy(lane, block, claimPeriodSec), 0n);
}

/**
 * Whether the release may still take money that is in the balance read at `block`. `account` is
 * read there, too.
 */
export function isReleaseOpen(
  release: StoredRelease,
  account: { readonly releaseNonce: number },
  block: Block,
): boolean {
  return account.releaseNonce <= release.nonce && block.timestamp <= release.deadline;
}

export function sumReleases(
  releases: readonly StoredRelease[],
  account: { readonly releaseNonce: number },
  block: Block,
): Amount {
  const open = releases.filter((release) => isReleaseOpen(release, account, block));
  return open.reduce((sum, { amount }) => sum + amount, 0n);
}
