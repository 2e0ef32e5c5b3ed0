import type { Amount } from "../../protocol/base/units.ts";
import {
  type ConfirmedBlock,
  isReleaseOpen,
  type Reservation,
  type ReservedRelease,
  sumReserved,
} from "../allotments/reservations.ts";

export interface ReleaseWish {
  readonly amount: Amount;
  /** Read at `block`. */
  readonly account: { readonly balance: Amount; readonly withdrawing: Amount; readonly releaseNonce: number };
  /** Of the account as payer. */
  readonly lanes: readonly Reservation[];
  readonly releases: readonly ReservedRelease[];
  readonly block: ConfirmedBlock;
  /** A and CW of the contract. */
  readonly allotmentSec: number;
  readonly claimSec: number;
  /** How long a release is good for. */
  readonly lifetimeSec: number;
}

export type ReleaseVerdict =
  | { readonly isFree: true; readonly nonce: number; readonly deadline: number }
  /** Base units that can go now, and from when on all of it can, seconds since 1970; null: not while it is asked back, or owed on vouchers. */
  | { readonly isFree: false; readonly free: Amount; readonly freeAt: number | null };

/** Whether no promise of T needs this money: then it may leave at once (protocol.md section 3). One release at a time. */
export function judgeRelease(wish: ReleaseWish): ReleaseVerdict {
  const { account, amount, block, claimSec, lanes } = wish;
  const open = wish.releases.find((release) => isReleaseOpen(release, account, block));
  if (open) return { isFree: false, free: 0n, freeAt: open.deadline + 1 };
  const freeIn = (at: ConfirmedBlock): Amount =>
    account.balance - account.withdrawing - sumReserved(lanes, at, claimSec);
  const free = freeIn(block);
  if (amount <= free) {
    // Counted from what T has seen, and within D of it: a withdrawal that was asked for later cannot leave before.
    const deadline = block.timestamp + Math.min(wish.lifetimeSec, wish.allotmentSec + claimSec);
    return { isFree: true, nonce: account.releaseNonce, deadline };
  }
  const ends = lanes.map(({ expiresAt }) => expiresAt + claimSec).toSorted((a, b) => a - b);
  const freeAt = ends.find((timestamp) => amount <= freeIn({ ...block, timestamp })) ?? null;
  return { isFree: false, free: free > 0n ? free : 0n, freeAt };
}
