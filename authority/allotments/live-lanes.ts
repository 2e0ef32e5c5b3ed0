import { type Amount, max } from "../../protocol/base/units.ts";
import type { ReservedLane } from "./reservations.ts";

/** How many lanes a payer may have (docs/protocol.md 4.3). Pure. */

/**
 * Live lanes of a pair of which the authority does not hold half in vouchers. A fast download is
 * some lanes ahead of its payee's next push; whoever names lanes that it never uses stops here.
 */
const MAX_UNPROVEN = 8;
/** Ended lanes of a pair, worth less than a row, after which it gets no more. */
const MAX_DUST = 3;
/** Live lanes of one session, and of one account: each allotment looks through them. */
const MAX_OF_SESSION = 2_000;
const MAX_OF_ACCOUNT = 4_000;
/** New lanes in a minute, of one session, and of one account: twelve swarms of 50 payees. */
const MAX_NEW_OF_SESSION = 600;
const MAX_NEW_OF_ACCOUNT = 1_200;
const MINUTE_SEC = 60;

/** `lanes`: of one pair on one content. */
export function isAheadOfVouchers(lanes: readonly ReservedLane[], now: number): boolean {
  const isUnproven = (lane: ReservedLane): boolean => 2n * max(lane.settling, lane.paid) < lane.cap;
  return lanes.filter((lane) => isLive(lane, now) && isUnproven(lane)).length >= MAX_UNPROVEN;
}

/**
 * The payees whose lanes end below `minRow` base units again and again: no batch takes them.
 * `lanes`: all of one session that are known.
 */
export function listDustPayees(lanes: readonly ReservedLane[], minRow: Amount, now: number): Set<string> {
  const dust = lanes.filter((lane) => (lane.isClosed || !isLive(lane, now)) && isDust(lane, minRow));
  const counts = Map.groupBy(dust, ({ payeeKey }) => payeeKey);
  return new Set([...counts].filter(([, ended]) => ended.length >= MAX_DUST).map(([payeeKey]) => payeeKey));
}

/** How many more lanes the session may get. `lanes`: all of its account that reserve money. */
export function lanesLeft(lanes: readonly ReservedLane[], sessionKey: string, now: number): number {
  const live = lanes.filter((lane) => isLive(lane, now));
  const fresh = lanes.filter(({ issuedAt }) => issuedAt > now - MINUTE_SEC);
  const own = (all: readonly ReservedLane[]): number => all.filter((lane) => lane.sessionKey === sessionKey).length;
  const room = [
    MAX_OF_SESSION - own(live),
    MAX_OF_ACCOUNT - live.length,
    MAX_NEW_OF_SESSION - own(fresh),
    MAX_NEW_OF_ACCOUNT - fresh.length,
  ];
  return Math.max(0, Math.min(...room));
}

function isDust({ settling, paid }: ReservedLane, minRow: Amount): boolean {
  const used = max(settling, paid);
  return used > 0n && used < minRow;
}

function isLive({ expiresAt }: ReservedLane, now: number): boolean {
  return expiresAt > now;
}
