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
  return lanes.filter((lane) => isLive(lane, now) && isUnproven(lane)).length >= MAX_UNPROVEN;
}

/**
 * Credit of the live pairs of other contents that have yet to pay half of a lane, bytes. `lanes`:
 * all of the account that reserve money, ascending.
 */
export function unprovenCredit(lanes: readonly ReservedLane[], infoHash: string, now: number): number {
  const elsewhere = lanes.filter((lane) => lane.infoHash !== infoHash);
  const pairs = Map.groupBy(elsewhere, (lane) => lane.sessionKey + lane.payeeKey + lane.infoHash);
  let sum = 0;
  for (const own of pairs.values()) {
    const newest = own.at(-1) as ReservedLane;
    if (isLive(newest, now) && own.every(isUnproven)) sum += newest.credit;
  }
  return sum;
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

function isUnproven(lane: ReservedLane): boolean {
  return 2n * max(lane.settling, lane.paid) < lane.cap;
}

function isDust({ settling, paid }: ReservedLane, minRow: Amount): boolean {
  const used = max(settling, paid);
  return used > 0n && used < minRow;
}

function isLive({ expiresAt }: ReservedLane, now: number): boolean {
  return expiresAt > now;
}
