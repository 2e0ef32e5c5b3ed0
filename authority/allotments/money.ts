import { type Amount, MAX_UINT96, max, min } from "../../protocol/base/units.ts";
import { capTarget, contentLimit, creditFloor, freePart, smallestCap, topUpFloor } from "./caps.ts";
import type { AllotmentPlan, AllotmentPlanInput, Limit } from "./plan.ts";
import { type ReservedLane, sumReleases, sumReserved } from "./reservations.ts";
import { unshared, unsharedLimit } from "./share.ts";

/** Money of one plan of allotments: what there is, and how much of it a lane holds. Pure. */

/** What one plan may still give out, base units. */
export interface Money {
  /** Of the account and the session; `scarce`: which of them has less. */
  readonly free: Amount;
  readonly scarce: "SESSION" | "DEPOSIT";
  readonly ofTicket: Amount;
  /** Of the content's limit. May be below zero: what was had to be given beyond it. */
  readonly allowance: Amount;
  /** Lanes of which the publisher has no share yet, and their limit; null: it gets none. */
  readonly unshared: { readonly open: Amount; readonly limit: Amount } | null;
}

/** `mine`: all lanes of this session on this content. */
export function moneyFor(input: AllotmentPlanInput, mine: readonly ReservedLane[]): Money {
  const { content, share = null, now } = input;
  const ofAccount = accountFree(input);
  const ofSession = sessionFree(input);
  const had = sumOfCaps(mine.filter((lane) => lane.expiresAt > now));
  const allowance = contentLimit(content, input.bytesLeft) - had;
  const money = {
    free: min(ofAccount, ofSession),
    scarce: ofSession < ofAccount ? ("SESSION" as const) : ("DEPOSIT" as const),
    ofTicket: input.ticketLeft ?? MAX_UINT96,
  };
  if (share === null) return { ...money, allowance, unshared: null };
  const limit = unsharedLimit(content);
  // The tickets of a sponsor are bounded each for itself.
  const counted = (input.ticketLeft ?? null) === null ? input.lanes : mine;
  const open = unshared(counted, content, share, now);
  return { ...money, allowance: min(allowance, limit - open), unshared: { open, limit } };
}

export function spend(money: Money, cap: Amount): Money {
  return {
    ...money,
    free: money.free - cap,
    ofTicket: money.ofTicket - cap,
    allowance: money.allowance - cap,
    unshared: money.unshared && { ...money.unshared, open: money.unshared.open + cap },
  };
}

/** The cap of a wish's lane. Null: there is too little for one, and `lack` says of what. */
export function sizeLane(
  { content, bytesLeft, minRow }: AllotmentPlanInput,
  { isTopUp, earlierLanes }: { readonly isTopUp: boolean; readonly earlierLanes: number },
  { credit, equalShare }: { readonly credit: number; readonly equalShare: Amount },
  { free, scarce, ofTicket, allowance, unshared }: Money,
): { readonly cap: Amount | null; readonly lack: AllotmentPlan["shortage"] } {
  // A payee that has sold half of a lane sells more; of others, half is kept for those to come.
  const ofPair = isTopUp ? equalShare : equalShare / 2n;
  const target = capTarget(content, bytesLeft, { earlierLanes, credit }, ofPair);
  const floor = isTopUp ? topUpFloor(content, bytesLeft) : creditFloor(content, credit);
  let allowed = max(allowance, floor);
  if (unshared !== null) allowed = min(allowed, 2n * unshared.limit - unshared.open);
  // Of a shared lane, the seller's part is at least one.
  const least = unshared === null ? smallestCap(content) : max(2n, smallestCap(content));
  const part = freePart(content, free, isTopUp);
  const wanted = min(target, allowed);
  // Where only money is scarce, no lane is given that no batch would take.
  const enough = part < wanted ? max(least, minRow) : least;
  const cap = min(wanted, min(ofTicket, part));
  if (cap >= least && part >= enough) return { cap, lack: null };
  if (ofTicket < least) return { cap: null, lack: "SESSION" };
  if (part < enough) return { cap: null, lack: scarce };
  const left = unshared === null ? least : (isTopUp ? 2n : 1n) * unshared.limit - unshared.open;
  return { cap: null, lack: left < least ? "SHARE" : null };
}

function accountFree({ account, lanes, releases, block, periods }: AllotmentPlanInput): Amount {
  const promised = sumReserved(lanes, block, periods.claimPeriodSec) + sumReleases(releases, account, block);
  return account.balance - account.withdrawing - promised;
}

/**
 * What the limits leave: that of this session, and those of all others with lanes. All spending of
 * an account counts for each of them, so a new lane could leave nothing for the lanes of another
 * session.
 */
function sessionFree({ session, otherSessions, lanes, block, periods }: AllotmentPlanInput): Amount {
  const reserved = (of: readonly ReservedLane[]): Amount => sumReserved(of, block, periods.claimPeriodSec);
  const promised = reserved(lanes);
  const freeOf = ({ limit, spent }: Limit): Amount => (limit === MAX_UINT96 ? MAX_UINT96 : limit - spent - promised);
  let free = freeOf(session);
  for (const [key, own] of Map.groupBy(lanes, ({ sessionKey }) => sessionKey)) {
    if (key === session.key || reserved(own) === 0n) continue;
    const other = otherSessions.get(key);
    // It got its first lane after the block was read.
    free = min(free, other ? freeOf(other) : 0n);
  }
  return free;
}

export function sumOfCaps(lanes: readonly { readonly cap: Amount }[]): Amount {
  return lanes.reduce((sum, lane) => sum + lane.cap, 0n);
}
