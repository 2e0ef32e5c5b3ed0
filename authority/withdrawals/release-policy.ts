import type { Amount } from "../../protocol/base/units.ts";
import type { ContractAccount } from "../../protocol/contract/reads.ts";
import { isReleaseOpen, type Reservation, sumReserved } from "../allotments/reservations.ts";
import type { Block } from "../chain/block.ts";
import type { StoredRelease } from "../store/tables/withdrawals.ts";

export interface ReleaseWish {
  readonly amount: Amount;
  /** Read at `block`. */
  readonly account: Omit<ContractAccount, "withdrawableAt">;
  /** Lanes of the account as payer. */
  readonly lanes: readonly Reservation[];
  readonly releases: readonly StoredRelease[];
  /** The confirmed block. */
  readonly block: Block;
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
  /** How long a release is good for. */
  readonly lifetimeSec: number;
}

export type ReleaseVerdict =
  | { readonly isFree: true; readonly nonce: number; readonly deadline: number }
  /**
   * `free`: base units that can go now. `freeAt`: when all of it can, seconds since 1970; null if
   * that depends on money that is asked back already, or owed on vouchers.
   */
  | { readonly isFree: false; readonly free: Amount; readonly freeAt: number | null };

/**
 * Decides whether no promise of the authority needs this money, so that it may leave at once
 * (docs/protocol.md 2.7). An account has one open release at a time.
 */
export function judgeRelease(wish: ReleaseWish): ReleaseVerdict {
  const { account, amount, block, claimPeriodSec, lanes } = wish;
  const open = wish.releases.find((release) => isReleaseOpen(release, account, block));
  if (open) return { isFree: false, free: 0n, freeAt: open.deadline + 1 };
  const freeIn = (at: Block): Amount => account.balance - account.withdrawing - sumReserved(lanes, at, claimPeriodSec);
  const free = freeIn(block);
  if (amount <= free) {
    // Counted from the confirmed block and within the withdrawal delay: a withdrawal that is
    // requested later cannot leave before.
    const deadline = block.timestamp + Math.min(wish.lifetimeSec, wish.allotmentPeriodSec + claimPeriodSec);
    return { isFree: true, nonce: account.releaseNonce, deadline };
  }
  const ends = lanes.map(({ expiresAt }) => expiresAt + claimPeriodSec).toSorted((a, b) => a - b);
  const freeAt = ends.find((timestamp) => amount <= freeIn({ ...block, timestamp })) ?? null;
  return { isFree: false, free: free > 0n ? free : 0n, freeAt };
}
