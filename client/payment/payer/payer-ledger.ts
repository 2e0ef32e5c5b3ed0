import { MAX_VOUCHER_INTERVAL_MS, VOUCHER_INTERVAL_MS } from "../../../protocol/base/constants.ts";
import { invariant, ProtocolError } from "../../../protocol/base/errors.ts";
import { recoverSigner, type Signature } from "../../../protocol/base/secp256k1.ts";
import { type Amount, bytesCovered, max, min, owed } from "../../../protocol/base/units.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher, type SignedVoucher, type Voucher } from "../../../protocol/signed/voucher.ts";
import {
  isLive,
  type LaneClock,
  laneOf,
  listOpenLanes,
  type PayerLane,
  type PayerPair,
  setLane,
  signedTotal,
} from "./payer-pair.ts";

/**
 * What a payer owes one payee, on which lanes it is promised, and how much more may be asked. Each
 * function returns the next value of the pair and changes nothing.
 */

export interface Adoption {
  readonly pair: PayerPair;
  /**
   * A voucher of ours that the payee still has: store it, and the pair's `adjust`, before signing
   * anything.
   */
  readonly adopted: SignedVoucher | null;
}

/**
 * The payee's `accept`: the lane is open. A stored total above ours is adopted when we signed it.
 * @throws {ProtocolError} ACCEPT_INVALID: above the cap, or above ours without our signature;
 * LANE_NOT_OFFERED
 */
export function acceptedLane(
  pair: PayerPair,
  accept: {
    readonly lane: number;
    readonly windowBytes: number;
    readonly amount: Amount;
    readonly signature: Signature;
  },
  separator: DomainSeparator,
): Adoption {
  const lane = laneOf(pair, accept.lane);
  const { payer, payee, cap, sessionKey } = lane.allotment;
  if (accept.amount > cap) throw invalidAccept("it stored more than the cap");
  const state = lane.state === "granted" ? "open" : lane.state;
  const acked = max(lane.acked, accept.amount);
  if (accept.amount <= lane.signed) {
    return { pair: setLane({ ...pair, windowBytes: accept.windowBytes }, { ...lane, acked, state }), adopted: null };
  }
  // This home lost what it had signed: the payee's copy proves it.
  const voucher: Voucher = { payer, payee, lane: accept.lane, amount: accept.amount };
  if (recoverSigner(hashVoucher(separator, voucher), accept.signature) !== sessionKey)
    throw invalidAccept("it stored more than was signed");
  const known = setLane(
    { ...pair, windowBytes: accept.windowBytes },
    { ...lane, signed: accept.amount, signature: accept.signature, acked, state },
  );
  const beyond = signedTotal(known) - owedTotal(known);
  return {
    pair: beyond > 0n ? { ...known, adjust: known.adjust + beyond } : known,
    adopted: { ...voucher, signature: accept.signature },
  };
}

/**
 * The payee's `ack`. A repeated or older one changes only the window.
 * @throws {ProtocolError} ACK_INVALID: more than we signed; LANE_NOT_OFFERED
 */
export function ackedLane(
  pair: PayerPair,
  ack: { readonly lane: number; readonly amount: Amount; readonly windowBytes: number },
): PayerPair {
  const lane = laneOf(pair, ack.lane);
  if (ack.amount > lane.signed) throw new ProtocolError("ACK_INVALID", "the payee acknowledged more than was signed");
  const next = { ...pair, windowBytes: ack.windowBytes };
  if (ack.amount <= lane.acked) return next;
  const isOver = lane.state === "closed" && ack.amount === lane.signed;
  return setLane(next, { ...lane, acked: ack.amount, state: isOver ? "ended" : lane.state });
}

/**
 * Bytes that may be asked now, beyond what is begun. `spendLeft`: what `maxSpend` leaves over all
 * pairs (`committed`); null: no limit.
 */
export function askableBytes(pair: PayerPair, clock: LaneClock, spendLeft: Amount | null): number {
  const open = listOpenLanes(pair, clock);
  if (open.length === 0) return 0;
  // The payee's own rule, as it will be when the vouchers on their way arrive. Requests travel
  // behind them, and are held until they are stored. To wait for each acknowledgement would cost
  // one more round trip for every window.
  const signed = signedTotal(pair);
  const ofWindow = pair.windowBytes - unpaid(pair);
  const room = open.reduce((sum, lane) => sum + lane.allotment.cap - lane.signed, 0n);
  const ofCaps = coverable(pair, signed + room);
  const ofLimit = spendLeft === null ? Number.POSITIVE_INFINITY : bytesCovered(max(spendLeft, 0n), pair.pricePerGiB);
  return Math.max(0, Math.min(ofWindow, ofCaps, spendLeft === 0n ? 0 : ofLimit));
}

/** Bytes of pieces that were begun or came, and that no voucher pays yet. */
export function unpaidBytes(pair: PayerPair): number {
  return Math.max(0, unpaid(pair));
}

/** What this pair has promised or owes, and will owe once all that is begun has come. */
export function committed(pair: PayerPair): Amount {
  return max(signedTotal(pair), owed(pair.verifiedBytes + pair.begunBytes, pair.pricePerGiB) + pair.adjust);
}

/** A piece is asked of this payee, within `askableBytes`: call after `saveAsked`. */
export function beginPiece(pair: PayerPair, lengthBytes: number): PayerPair {
  return { ...pair, begunBytes: pair.begunBytes + lengthBytes };
}

/** A begun piece was given back, or came with a wrong hash: it is not owed. */
export function releasePiece(pair: PayerPair, lengthBytes: number): PayerPair {
  invariant(lengthBytes <= pair.begunBytes, "PIECE_NOT_BEGUN", "a piece is given back that was not begun");
  return { ...pair, begunBytes: pair.begunBytes - lengthBytes };
}

/** A begun piece is owed from now on. */
export function verifiedPiece(pair: PayerPair, lengthBytes: number): PayerPair {
  const released = releasePiece(pair, lengthBytes);
  return { ...released, verifiedBytes: released.verifiedBytes + lengthBytes };
}

/**
 * Vouchers to sign now: open lanes filled in order up to their caps. Sign, then `signedVoucher`,
 * `saveSigned`, send.
 */
export function planVouchers(pair: PayerPair, clock: LaneClock): readonly Voucher[] {
  const vouchers: Voucher[] = [];
  let due = owedTotal(pair) - signedTotal(pair);
  for (const { allotment, signed } of listOpenLanes(pair, clock)) {
    const part = min(due, allotment.cap - signed);
    if (part <= 0n) continue;
    due -= part;
    const { payer, payee, lane } = allotment;
    vouchers.push({ payer, payee, lane, amount: signed + part });
  }
  return vouchers;
}

/** @throws {InvariantError} above the cap, above what is owed, or not increasing */
export function signedVoucher(pair: PayerPair, voucher: SignedVoucher): PayerPair {
  const lane = pair.lanes.find(({ allotment }) => allotment.lane === voucher.lane);
  invariant(lane !== undefined, "VOUCHER_LANE", `signed on unknown lane ${voucher.lane}`);
  invariant(voucher.amount > lane.signed, "VOUCHER_GROWS", `lane ${voucher.lane} does not grow`);
  invariant(voucher.amount <= lane.allotment.cap, "VOUCHER_CAP", `lane ${voucher.lane} is above its cap`);
  const next = setLane(pair, { ...lane, signed: voucher.amount, signature: voucher.signature });
  invariant(signedTotal(next) <= owedTotal(next), "VOUCHER_OWED", `lane ${voucher.lane} promises more than is owed`);
  return next;
}

/**
 * Highest vouchers that were signed and not acknowledged, on lanes that are open or closed: to be
 * sent again after a reconnect.
 */
export function listUnacked(pair: PayerPair): readonly SignedVoucher[] {
  return pair.lanes.flatMap(({ allotment, signed, signature, acked, state }) => {
    if ((state !== "open" && state !== "closed") || signature === null || acked >= signed) return [];
    const { payer, payee, lane } = allotment;
    return [{ payer, payee, lane, amount: signed, signature }];
  });
}

/**
 * When the next voucher may leave, ms on the caller's clock. It leaves at once when less than half
 * of the window is free and a quarter of it could be paid: the room that it makes is there before
 * the payee has to wait for it. With more room nobody waits, so a voucher may collect more pieces.
 */
export function voucherDueAtMs(
  pair: PayerPair,
  clock: LaneClock,
  spendLeft: Amount | null,
  pieceLength: number,
  lastSentAtMs: number,
): number {
  const free = askableBytes(pair, clock, spendLeft);
  const isFull = free < pieceLength;
  if (!isFull && 2 * free >= pair.windowBytes) return lastSentAtMs + MAX_VOUCHER_INTERVAL_MS;
  const due = owedTotal(pair) - signedTotal(pair);
  const isMuch = 4n * (due + ROUNDING) >= owed(pair.windowBytes, pair.pricePerGiB);
  if (isMuch || (isFull && pair.begunBytes === 0)) return lastSentAtMs;
  // Pieces are under way, and soon make it a quarter: the payee has something to send.
  return lastSentAtMs + VOUCHER_INTERVAL_MS;
}

/**
 * The newest lane, if half of its cap is used or it ends soon. Naming it in the next announce gets
 * its successor.
 */
export function laneToTopUp(pair: PayerPair, clock: LaneClock): number | null {
  const newest = pair.lanes.at(-1);
  if (!newest) return null;
  const { cap, lane } = newest.allotment;
  const isHalfUsed = 2n * (committed(pair) - signedTotal(pair) + newest.signed) >= cap;
  const endsSoon = newest.allotment.expiresAt <= clock.now + 3 * clock.acceptMarginSec;
  return newest.state === "ended" || newest.state === "closed" || isHalfUsed || endsSoon ? lane : null;
}

/** More is owed than was signed. */
export function owes(pair: PayerPair): boolean {
  return owedTotal(pair) > signedTotal(pair);
}

/** All that is owed was acknowledged, or no longer can be. */
export function isPaidUp(pair: PayerPair, clock: LaneClock): boolean {
  return ackedTotal(pair, clock) >= owedTotal(pair);
}

/**
 * As the payee counts: what rounding the total down loses must not keep the last piece of a window
 * from being asked.
 */
const ROUNDING: Amount = 1n;

/** Negative: so many bytes were paid beforehand. */
function unpaid(pair: PayerPair): number {
  const signed = signedTotal(pair);
  return signed > pair.adjust ? -coverable(pair, signed + ROUNDING) : pair.verifiedBytes + pair.begunBytes;
}

/**
 * Bytes that this total pays beyond those verified and begun; negative: that many of them are not
 * paid.
 */
function coverable(pair: PayerPair, total: Amount): number {
  const payable = max(total - pair.adjust, 0n);
  return bytesCovered(payable, pair.pricePerGiB) - pair.verifiedBytes - pair.begunBytes;
}

/**
 * The first unit is rounded up: where a piece costs less than one, its payee would never be paid
 * for it, and would never send another.
 */
function owedTotal({ verifiedBytes, pricePerGiB, adjust }: PayerPair): Amount {
  const isFree = verifiedBytes === 0 || pricePerGiB === 0n;
  return max(owed(verifiedBytes, pricePerGiB), isFree ? 0n : 1n) + adjust;
}

/** Nothing more will be acknowledged on lanes that ended: what was signed there stays promised. */
function ackedTotal(pair: PayerPair, clock: LaneClock): Amount {
  const isOver = (lane: PayerLane): boolean => lane.state === "ended" || !isLive(lane, clock);
  return pair.lanes.reduce((total, lane) => total + (isOver(lane) ? lane.signed : lane.acked), 0n);
}

function invalidAccept(what: string): ProtocolError {
  return new ProtocolError("ACCEPT_INVALID", `the payee's accept is wrong: ${what}`);
}
