import { MAX_VOUCHER_INTERVAL_MS, VOUCHER_INTERVAL_MS } from "../../../protocol/base/constants.ts";
import { invariant, ProtocolError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { recoverSigner, type Signature } from "../../../protocol/base/secp256k1.ts";
import { type Amount, bytesCovered, max, min, owed } from "../../../protocol/base/units.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher, type SignedVoucher, type Voucher } from "../../../protocol/signed/voucher.ts";
import type { PairKey, PairRecord, PayerLaneRecord } from "../../store/records.ts";

/**
 * Payer's side of one pair (one device of a payee, one content, one price): what is owed, on which lane it is promised, and how much
 * more may be asked. Values, never changed: each function returns the next one. Times: seconds since 1970, chain time.
 */
export interface PayerPair extends PairRecord {
  /** Ascending: the newest is last. */
  readonly lanes: readonly PayerLane[];
  /** Bytes of whole pieces that were begun at this payee, and are neither verified nor given back. */
  readonly begunBytes: number;
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

/**
 * `lanes`: all that the store has of this pair. What was ever signed on them counts, whoever signed it; only those of
 * `sessionKey` can still be filled, and their payee tells again what it has.
 */
export function openPayerPair(
  key: PairKey,
  record: PairRecord | null,
  lanes: readonly PayerLaneRecord[],
  sessionKey: Address,
): PayerPair {
  const pair: PayerPair = {
    ...key,
    verifiedBytes: record?.verifiedBytes ?? 0,
    adjust: record?.adjust ?? 0n,
    lanes: lanes
      .map(
        (lane): PayerLane => ({
          allotment: lane.allotment,
          signed: lane.amount,
          signature: lane.signature,
          acked: 0n,
          state: lane.allotment.sessionKey === sessionKey ? "granted" : "ended",
        }),
      )
      .toSorted((a, b) => a.allotment.lane - b.allotment.lane),
    begunBytes: 0,
    windowBytes: 0,
  };
  for (const lane of pair.lanes) checkLane(pair, lane.allotment);
  return pair;
}

/** A lane that T gave. Known lanes change nothing. @throws {InvariantError} a lane of another pair */
export function addLane(pair: PayerPair, allotment: SignedAllotment): PayerPair {
  checkLane(pair, allotment);
  if (pair.lanes.some((lane) => lane.allotment.lane === allotment.lane)) return pair;
  const lane: PayerLane = { allotment, signed: 0n, signature: null, acked: 0n, state: "granted" };
  return { ...pair, lanes: [...pair.lanes, lane].toSorted((a, b) => a.allotment.lane - b.allotment.lane) };
}

/** Lanes to offer on a stream of this payee: unexpired, not ended, with room or with a voucher that the payee lacks; ascending. */
export function listLanesToOffer(pair: PayerPair, clock: LaneClock): readonly PayerLane[] {
  return pair.lanes.filter(
    (lane) =>
      lane.state === "granted" && isLive(lane, clock) && (lane.signed < lane.allotment.cap || lane.acked < lane.signed),
  );
}

export interface Adoption {
  readonly pair: PayerPair;
  /** Ours, found at the payee: store it (and the pair's `adjust`) before signing anything. */
  readonly adopted: SignedVoucher | null;
}

/** Some lane can pay more, now or once the payee has accepted it. */
export function hasLane(pair: PayerPair, clock: LaneClock): boolean {
  return pair.lanes.some((lane) => lane.state !== "ended" && isLive(lane, clock) && lane.signed < lane.allotment.cap);
}

/** Lanes that the payee takes vouchers on now. */
export function listOpenLanes(pair: PayerPair, clock: LaneClock): readonly PayerLane[] {
  return pair.lanes.filter((lane) => isOpen(lane, clock));
}

/** What was ever signed for this payee. */
export function signedTotal(pair: PayerPair): Amount {
  return pair.lanes.reduce((total, lane) => total + lane.signed, 0n);
}

/**
 * The payee's `accept`: the lane is open. A stored total above ours is adopted when we signed it.
 * @throws {ProtocolError} ACCEPT_INVALID: above the cap, or above ours without our signature; LANE_UNKNOWN
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
  const state = lane.state === "ended" ? "ended" : "open";
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

/** The payee's `ack`. A repeated or older one changes only the window. @throws {ProtocolError} ACK_INVALID: more than we signed; LANE_UNKNOWN */
export function ackedLane(
  pair: PayerPair,
  ack: { readonly lane: number; readonly amount: Amount; readonly windowBytes: number },
): PayerPair {
  const lane = laneOf(pair, ack.lane);
  if (ack.amount > lane.signed) throw new ProtocolError("ACK_INVALID", "the payee acknowledged more than was signed");
  const next = { ...pair, windowBytes: ack.windowBytes };
  return ack.amount <= lane.acked ? next : setLane(next, { ...lane, acked: ack.amount });
}

/** The payee refused the lane's offer or closed it. What was signed on it stays promised. Unknown lanes change nothing. */
export function endedLane(pair: PayerPair, lane: number): PayerPair {
  const found = pair.lanes.find(({ allotment }) => allotment.lane === lane);
  return found ? setLane(pair, { ...found, state: "ended" }) : pair;
}

/** The stream is gone: lanes must be offered again, and the window is what the next `accept` says. */
export function streamClosed(pair: PayerPair): PayerPair {
  const lanes = pair.lanes.map((lane): PayerLane => (lane.state === "open" ? { ...lane, state: "granted" } : lane));
  return { ...pair, lanes, windowBytes: 0 };
}

/** Bytes that may be asked now, beyond what is begun. `spendLeft`: what `maxSpend` leaves over all pairs (`committed`); null: no limit. */
export function askableBytes(pair: PayerPair, clock: LaneClock, spendLeft: Amount | null): number {
  const open = pair.lanes.filter((lane) => isOpen(lane, clock));
  if (open.length === 0) return 0;
  // The payee's own rule, as it will be when the vouchers on their way arrive: what is asked for meanwhile travels behind them,
  // and is held until they are stored. To wait for each acknowledgement would cost one more round trip for every window.
  const ofWindow = coverable(pair, signedTotal(pair) + ROUNDING) + pair.windowBytes;
  const room = open.reduce((sum, lane) => sum + lane.allotment.cap - lane.signed, 0n);
  const ofCaps = coverable(pair, signedTotal(pair) + room);
  const ofLimit = spendLeft === null ? Number.POSITIVE_INFINITY : bytesCovered(max(spendLeft, 0n), pair.pricePerGiB);
  return Math.max(0, Math.min(ofWindow, ofCaps, spendLeft === 0n ? 0 : ofLimit));
}

/** What this pair has promised, owes, and will owe when all that is begun comes. */
export function committed(pair: PayerPair): Amount {
  return max(signedTotal(pair), owed(pair.verifiedBytes + pair.begunBytes, pair.pricePerGiB) + pair.adjust);
}

/** A piece is asked of this payee: call after `saveAsked`, within `askableBytes`. */
export function beginPiece(pair: PayerPair, lengthBytes: number): PayerPair {
  return { ...pair, begunBytes: pair.begunBytes + lengthBytes };
}

/** A begun piece was given back, or came with a wrong hash: not owed. */
export function releasePiece(pair: PayerPair, lengthBytes: number): PayerPair {
  invariant(lengthBytes <= pair.begunBytes, "PIECE_NOT_BEGUN", "a piece is given back that was not begun");
  return { ...pair, begunBytes: pair.begunBytes - lengthBytes };
}

/** A begun piece is owed from now on. */
export function verifiedPiece(pair: PayerPair, lengthBytes: number): PayerPair {
  const released = releasePiece(pair, lengthBytes);
  return { ...released, verifiedBytes: released.verifiedBytes + lengthBytes };
}

/** Vouchers to sign now: open lanes filled in order up to their caps. Sign, then `signedVoucher`, `saveSigned`, send. */
export function planVouchers(pair: PayerPair, clock: LaneClock): readonly Voucher[] {
  const vouchers: Voucher[] = [];
  let due = owedTotal(pair) - signedTotal(pair);
  for (const { allotment, signed } of pair.lanes.filter((lane) => isOpen(lane, clock))) {
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

/** Highest vouchers that were signed and not acknowledged, on open lanes: send them (again, after a reconnect). */
export function listUnacked(pair: PayerPair): readonly SignedVoucher[] {
  return pair.lanes.flatMap(({ allotment, signed, signature, acked, state }) => {
    if (state !== "open" || signature === null || acked >= signed) return [];
    const { payer, payee, lane } = allotment;
    return [{ payer, payee, lane, amount: signed, signature }];
  });
}

/**
 * When the next voucher may leave, ms on the caller's clock. While the window has room nobody waits for it, so it may collect
 * more pieces; at once when the window is full and a quarter of it could be paid, since the pipe runs dry otherwise.
 */
export function voucherDueAtMs(
  pair: PayerPair,
  clock: LaneClock,
  spendLeft: Amount | null,
  pieceLength: number,
  lastSentAtMs: number,
): number {
  const isFull = askableBytes(pair, clock, spendLeft) < pieceLength;
  if (!isFull) return lastSentAtMs + MAX_VOUCHER_INTERVAL_MS;
  const due = owedTotal(pair) - signedTotal(pair);
  const isMuch = pair.begunBytes === 0 || 4n * due >= owed(pair.windowBytes, pair.pricePerGiB);
  return isMuch ? lastSentAtMs : lastSentAtMs + VOUCHER_INTERVAL_MS;
}

/** The newest lane, when half of its cap is used or it ends soon: name it in the next announce to get its successor. */
export function laneToTopUp(pair: PayerPair, clock: LaneClock): number | null {
  const newest = pair.lanes.at(-1);
  if (!newest) return null;
  const { cap, lane } = newest.allotment;
  const isHalfUsed = 2n * (committed(pair) - signedTotal(pair) + newest.signed) >= cap;
  const endsSoon = newest.allotment.expiresAt <= clock.now + 3 * clock.acceptMarginSec;
  return newest.state === "ended" || isHalfUsed || endsSoon ? lane : null;
}

/** All that is owed was acknowledged, or can be no more. */
export function isPaidUp(pair: PayerPair, clock: LaneClock): boolean {
  return ackedTotal(pair, clock) >= owedTotal(pair);
}

function checkLane(pair: PairKey, allotment: SignedAllotment): void {
  const { payee, payeeKey, infoHash, pricePerGiB } = allotment;
  const isOurs =
    payee === pair.payee &&
    payeeKey === pair.payeeKey &&
    infoHash === pair.infoHash &&
    pricePerGiB === pair.pricePerGiB;
  invariant(isOurs, "LANE_PAIR", `lane ${allotment.lane} belongs to another pair`);
}

function laneOf(pair: PayerPair, number: number): PayerLane {
  const lane = pair.lanes.find(({ allotment }) => allotment.lane === number);
  if (!lane) throw new ProtocolError("LANE_NOT_OFFERED", `the payee named lane ${number}, which was not offered`);
  return lane;
}

function setLane(pair: PayerPair, next: PayerLane): PayerPair {
  const { cap, lane } = next.allotment;
  invariant(next.acked <= next.signed && next.signed <= cap, "LANE_ORDER", `lane ${lane}: accepted <= signed <= cap`);
  return { ...pair, lanes: pair.lanes.map((old) => (old.allotment.lane === lane ? next : old)) };
}

function isLive(lane: PayerLane, clock: LaneClock): boolean {
  return clock.now < lane.allotment.expiresAt - clock.acceptMarginSec;
}

function isOpen(lane: PayerLane, clock: LaneClock): boolean {
  return lane.state === "open" && isLive(lane, clock);
}

/** As the payee counts: what is lost by rounding the total down must not keep the last piece of a window from being asked. */
const ROUNDING: Amount = 1n;

/** Bytes beyond those verified and begun that this total of the pair pays; negative: that many of them are not paid. */
function coverable(pair: PayerPair, total: Amount): number {
  const payable = max(total - pair.adjust, 0n);
  return bytesCovered(payable, pair.pricePerGiB) - pair.verifiedBytes - pair.begunBytes;
}

function owedTotal(pair: PayerPair): Amount {
  return owed(pair.verifiedBytes, pair.pricePerGiB) + pair.adjust;
}

/** On lanes that ended nothing will be acknowledged any more: what was signed there stays promised. */
function ackedTotal(pair: PayerPair, clock: LaneClock): Amount {
  const isOver = (lane: PayerLane): boolean => lane.state === "ended" || !isLive(lane, clock);
  return pair.lanes.reduce((total, lane) => total + (isOver(lane) ? lane.signed : lane.acked), 0n);
}

function invalidAccept(what: string): ProtocolError {
  return new ProtocolError("ACCEPT_INVALID", `the payee's accept is wrong: ${what}`);
}
