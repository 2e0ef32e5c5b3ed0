import { invariant, ProtocolError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Signature } from "../../../protocol/base/secp256k1.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { PairKey, PairRecord, PayerLaneRecord } from "../../store/records.ts";

/**
 * Payer's side of one pair: one device of a payee, one content, one price. Each function returns
 * the next value and changes nothing; what is owed and promised is in `payer-ledger.ts`. Times are
 * seconds since 1970, chain time.
 */
export interface PayerPair extends PairRecord {
  /** Ascending: the newest is last. */
  readonly lanes: readonly PayerLane[];
  /**
   * Bytes of whole pieces that were begun at this payee, and are neither verified nor given back.
   */
  readonly begunBytes: number;
  /** As the payee told it last; 0 before its first `accept`. */
  readonly windowBytes: number;
}

export interface PayerLane {
  readonly allotment: SignedAllotment;
  /** Highest amount signed. */
  readonly signed: Amount;
  readonly signature: Signature | null;
  /** Highest amount that the payee said it stored. */
  readonly acked: Amount;
  /**
   * `granted` by the authority; `open`: the payee takes vouchers on it; `closed`: it takes no new
   * ones, and may lack the last one; `ended`: it refused the offer, or has all that was signed.
   */
  readonly state: "granted" | "open" | "closed" | "ended";
}

/**
 * Lanes end this long before they expire, since payees accept nothing later (`acceptMarginSec`).
 */
export interface LaneClock {
  readonly now: number;
  readonly acceptMarginSec: number;
}

/**
 * `lanes`: all that the store has of this pair. What was ever signed on them counts, by whatever
 * session. Only those of `sessionKey` can still be filled; their payee tells again what it has
 * stored.
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

/**
 * The authority granted a lane. A known lane changes nothing.
 * @throws {InvariantError} a lane of another pair
 */
export function addLane(pair: PayerPair, allotment: SignedAllotment): PayerPair {
  checkLane(pair, allotment);
  if (pair.lanes.some((lane) => lane.allotment.lane === allotment.lane)) return pair;
  const lane: PayerLane = { allotment, signed: 0n, signature: null, acked: 0n, state: "granted" };
  return { ...pair, lanes: [...pair.lanes, lane].toSorted((a, b) => a.allotment.lane - b.allotment.lane) };
}

/**
 * The payee closed the lane. A voucher that it lacks is brought again, on the next stream if need
 * be.
 */
export function closedLane(pair: PayerPair, lane: number): PayerPair {
  const found = pair.lanes.find(({ allotment }) => allotment.lane === lane);
  const isLacking = found !== undefined && found.state !== "ended" && found.acked < found.signed;
  return isLacking ? setLane(pair, { ...found, state: "closed" }) : endedLane(pair, lane);
}

/**
 * The payee refused the lane's offer. What was signed on it stays promised. Unknown lanes change
 * nothing.
 */
export function endedLane(pair: PayerPair, lane: number): PayerPair {
  const found = pair.lanes.find(({ allotment }) => allotment.lane === lane);
  return found ? setLane(pair, { ...found, state: "ended" }) : pair;
}

/** The stream is gone: lanes must be offered again, and the next `accept` tells the window. */
export function streamClosed(pair: PayerPair): PayerPair {
  const lanes = pair.lanes.map((lane): PayerLane => (lane.state === "open" ? { ...lane, state: "granted" } : lane));
  return { ...pair, lanes, windowBytes: 0 };
}

/** @throws {InvariantError} unless accepted <= signed <= cap */
export function setLane(pair: PayerPair, next: PayerLane): PayerPair {
  const { cap, lane } = next.allotment;
  invariant(next.acked <= next.signed && next.signed <= cap, "LANE_ORDER", `lane ${lane}: accepted <= signed <= cap`);
  return { ...pair, lanes: pair.lanes.map((old) => (old.allotment.lane === lane ? next : old)) };
}

/** @throws {ProtocolError} LANE_NOT_OFFERED */
export function laneOf(pair: PayerPair, number: number): PayerLane {
  const lane = pair.lanes.find(({ allotment }) => allotment.lane === number);
  if (!lane) throw laneNotOffered(number);
  return lane;
}

export function laneNotOffered(number: number): ProtocolError {
  return new ProtocolError("LANE_NOT_OFFERED", `the payee named lane ${number}, which was not offered`);
}

/** The lane has not expired, and does not soon. */
export function isLive(lane: PayerLane, clock: LaneClock): boolean {
  return clock.now < lane.allotment.expiresAt - clock.acceptMarginSec;
}

/** Lanes that the payee takes vouchers on now. */
export function listOpenLanes(pair: PayerPair, clock: LaneClock): readonly PayerLane[] {
  return pair.lanes.filter((lane) => lane.state === "open" && isLive(lane, clock));
}

/**
 * Lanes to offer on a stream of this payee: live, not ended, with room or with a voucher that the
 * payee lacks; ascending.
 */
export function listLanesToOffer(pair: PayerPair, clock: LaneClock): readonly PayerLane[] {
  return pair.lanes.filter((lane) => {
    const isLacking = lane.acked < lane.signed;
    const hasUse = lane.state === "granted" ? isLacking || lane.signed < lane.allotment.cap : isLacking;
    return (lane.state === "granted" || lane.state === "closed") && isLive(lane, clock) && hasUse;
  });
}

/** Some lane can pay more, now or once the payee has accepted it. */
export function hasLane(pair: PayerPair, clock: LaneClock): boolean {
  return pair.lanes.some((lane) => takesMore(lane) && isLive(lane, clock) && lane.signed < lane.allotment.cap);
}

/** The payee takes vouchers on the lane, or has not said yet that it does not. */
function takesMore({ state }: PayerLane): boolean {
  return state === "granted" || state === "open";
}

/** What was ever signed for this payee. */
export function signedTotal(pair: PayerPair): Amount {
  return pair.lanes.reduce((total, lane) => total + lane.signed, 0n);
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
