import type { SignedAllotment } from "../../protocol/allotment.ts";
import type { Signature } from "../../protocol/secp256k1.ts";
import type { DomainSeparator } from "../../protocol/typed-data.ts";
import type { Amount } from "../../protocol/units.ts";
import type { SignedVoucher, Voucher } from "../../protocol/voucher.ts";
import type { PairKey, PairRecord, PayerLaneRecord } from "../store/records.ts";

/**
 * Payer's side of one pair (one device of a payee, one content, one price): what is owed, on which lane it is promised, and how much
 * more may be asked. Values, never changed: each function returns the next one. Times: seconds since 1970, chain time.
 */
export interface PayerPair extends PairRecord {
  /** Ascending: the newest is last. */
  readonly lanes: readonly PayerLane[];
  /** Pieces asked of this payee that are neither verified nor given back, with their bytes. */
  readonly assigned: ReadonlyMap<number, number>;
  readonly assignedBytes: number;
  /** As the payee told it last; 0 before its first `accept`. */
  readonly windowBytes: number;
}

export interface PayerLane {
  readonly allotment: SignedAllotment;
  /** authorized: highest amount signed. */
  readonly signed: Amount;
  readonly signature: Signature | null;
  /** accepted: highest amount that the payee said it stored. */
  readonly acked: Amount;
  /** `granted` by T; `open`: the payee takes vouchers on it; `ended`: it refused the offer or closed the lane. */
  readonly state: "granted" | "open" | "ended";
}

/** Lanes end this long before they expire, since payees accept nothing later (`acceptMarginSec`). */
export interface LaneClock {
  readonly now: number;
  readonly acceptMarginSec: number;
}

/** `lanes` come from the store: what was signed on them counts, and their payee tells again what it has. */
export declare function openPayerPair(
  key: PairKey,
  record: PairRecord | null,
  lanes: readonly PayerLaneRecord[],
): PayerPair;
/** A lane that T gave. Known lanes change nothing. @throws {InvariantError} a lane of another pair */
export declare function addLane(pair: PayerPair, allotment: SignedAllotment): PayerPair;

/** Lanes to offer on a stream of this payee: unexpired, not ended, with room or with a voucher that the payee lacks; ascending. */
export declare function listLanesToOffer(pair: PayerPair, clock: LaneClock): readonly PayerLane[];

export interface Adoption {
  readonly pair: PayerPair;
  /** Ours, found at the payee: store it (and the pair's `adjust`) before signing anything. */
  readonly adopted: SignedVoucher | null;
}
/**
 * The payee's `accept`: the lane is open. A stored total above ours is adopted when we signed it.
 * @throws {ProtocolError} ACCEPT_INVALID: above the cap, or above ours without our signature; LANE_UNKNOWN
 */
export declare function acceptedLane(
  pair: PayerPair,
  accept: {
    readonly lane: number;
    readonly windowBytes: number;
    readonly amount: Amount;
    readonly signature: Signature;
  },
  separator: DomainSeparator,
): Adoption;
/** The payee's `ack`. A repeated or older one changes only the window. @throws {ProtocolError} ACK_INVALID: more than we signed; LANE_UNKNOWN */
export declare function ackedLane(
  pair: PayerPair,
  ack: { readonly lane: number; readonly amount: Amount; readonly windowBytes: number },
): PayerPair;
/** The payee refused the lane's offer or closed it. What was signed on it stays promised. Unknown lanes change nothing. */
export declare function endedLane(pair: PayerPair, lane: number): PayerPair;
/** The stream is gone: lanes must be offered again, and the window is what the next `accept` says. */
export declare function streamClosed(pair: PayerPair): PayerPair;

/** Bytes that may be asked now, beyond what is assigned. `spendLeft`: what `maxSpend` leaves over all pairs (`committed`); null: no limit. */
export declare function askableBytes(pair: PayerPair, clock: LaneClock, spendLeft: Amount | null): number;
/** What this pair has promised, owes, and will owe when all that is assigned comes. */
export declare function committed(pair: PayerPair): Amount;
/** Call after `saveAsked`. Pieces that are assigned already change nothing. */
export declare function assignPieces(
  pair: PayerPair,
  pieces: readonly { readonly piece: number; readonly lengthBytes: number }[],
): PayerPair;
/** Given back, or came with a wrong hash: not owed. */
export declare function releasePieces(pair: PayerPair, pieces: readonly number[]): PayerPair;
/** The piece is owed from now on. `lengthBytes` also for pieces assigned in an earlier run. */
export declare function verifiedPiece(pair: PayerPair, piece: number, lengthBytes: number): PayerPair;

/** Vouchers to sign now: open lanes filled in order up to their caps. Sign, then `signedVoucher`, `saveSigned`, send. */
export declare function planVouchers(pair: PayerPair, clock: LaneClock): readonly Voucher[];
/** @throws {InvariantError} above the cap, above what is owed, or not increasing */
export declare function signedVoucher(pair: PayerPair, voucher: SignedVoucher): PayerPair;
/** Highest vouchers that were signed and not acknowledged, on open lanes: send them (again, after a reconnect). */
export declare function listUnacked(pair: PayerPair): readonly SignedVoucher[];
/** When the next voucher may leave, ms on the caller's clock: VOUCHER_INTERVAL_MS after the last, at once when nothing more can be asked. */
export declare function voucherDueAtMs(
  pair: PayerPair,
  clock: LaneClock,
  spendLeft: Amount | null,
  lastSentAtMs: number,
): number;

/** The newest lane, when half of its cap is used or it ends soon: name it in the next announce to get its successor. */
export declare function laneToTopUp(pair: PayerPair, clock: LaneClock): number | null;
/** All that is owed was acknowledged. */
export declare function isPaidUp(pair: PayerPair): boolean;
