import { invariant } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { SplitPrice } from "../../protocol/base/publisher-share.ts";
import { type Amount, MAX_UINT96, max, min } from "../../protocol/base/units.ts";
import type { ContractAccount } from "../../protocol/contract/reads.ts";
import type { AnnounceGrant } from "../../protocol/wire/announce.ts";
import type { Block } from "../chain/block.ts";
import type { SessionAtBlock } from "../chain/mirror/mirror-reads.ts";
import type { StoredRelease } from "../store/tables/withdrawals.ts";
import { type Content, capTarget, contentLimit, creditFloor, freePart, smallestCap, topUpFloor } from "./caps.ts";
import { type CreditLimits, creditShare, newPairLimit, successorCredit } from "./credit.ts";
import { isAheadOfVouchers, lanesLeft, listDustPayees, unprovenCredit } from "./live-lanes.ts";
import { type ReservedLane, sumReleases, sumReserved } from "./reservations.ts";
import { unshared, unsharedLimit } from "./share.ts";

export interface AllotmentPlanInput {
  /** Read at `block`. */
  readonly account: Omit<ContractAccount, "withdrawableAt">;
  /** Read at `block`. */
  readonly session: SessionAtBlock & { readonly key: Address };
  /** The payer's other sessions that have lanes. Read at `block`. */
  readonly otherSessions: ReadonlyMap<Address, Limit>;
  readonly content: Content;
  readonly bytesLeft: number;
  readonly topUp: readonly number[];
  /**
   * Devices that the payer has met, then those that it may meet soon; none of the payer's own
   * account.
   */
  readonly candidates: readonly Candidate[];
  /**
   * The payer's lanes that still reserve money, and all lanes of this session on this content,
   * ascending.
   */
  readonly lanes: readonly ReservedLane[];
  readonly credit: CreditLimits;
  /** Of the payer. */
  readonly releases: readonly StoredRelease[];
  readonly nextLane: number;
  /** The confirmed block. */
  readonly block: Block;
  /** By the authority's clock. */
  readonly now: number;
  readonly periods: Periods;
  /** What a row of a batch must be worth, base units. */
  readonly minRow: Amount;
  /** What new lanes of a ticket may hold, base units; null: the account itself buys. */
  readonly ticketLeft?: Amount | null;
  /**
   * Null: the publisher gets no share. Else the content's price is the whole, and so are the caps.
   */
  readonly share?: SplitPrice | null;
}

type Limit = Pick<SessionAtBlock, "limit" | "spent">;

export interface Candidate {
  readonly sessionKey: Address;
  /** The payer has a wire to it, and it offers pieces that the payer lacks. */
  readonly isMet: boolean;
}

export interface Periods {
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
  readonly acceptMarginSec: number;
}

export interface PlannedLane {
  readonly lane: number;
  readonly payeeKey: Address;
  readonly cap: Amount;
  readonly credit: number;
  readonly expiresAt: number;
}

export interface AllotmentPlan {
  readonly lanes: readonly PlannedLane[];
  readonly shortage: AnnounceGrant["shortage"];
}

/**
 * Decides which lanes a signed request gets (docs/protocol.md 3.1 and 4.3). Whatever the request
 * says, the payer's reservations stay within its balance and its session's limit, as they were at
 * the confirmed block.
 */
export function planAllotments(input: AllotmentPlanInput): AllotmentPlan {
  const { content, periods, session } = input;
  if (content.pricePerGiB === 0n) return { lanes: [], shortage: null };
  const expiresAt = Math.min(input.block.timestamp + periods.allotmentPeriodSec, session.expiresAt);
  const goodUntil = input.now + 2 * periods.acceptMarginSec;
  if (session.isRevoked || session.expiresAt <= goodUntil) return { lanes: [], shortage: "SESSION" };
  // On such an old view of the chain nothing is allotted: the payer asks again.
  if (expiresAt <= goodUntil) return { lanes: [], shortage: "RATE" };

  const freeOfAccount = accountFree(input);
  const freeOfSession = sessionFree(input);
  const scarce = freeOfSession < freeOfAccount ? "SESSION" : "DEPOSIT";
  let free = min(freeOfAccount, freeOfSession);
  const before = free;
  let ofTicket = input.ticketLeft ?? MAX_UINT96;

  const mine = input.lanes.filter((lane) => lane.sessionKey === session.key && lane.infoHash === content.infoHash);
  let allowance = contentLimit(content, input.bytesLeft) - sumOfCaps(mine.filter((lane) => lane.expiresAt > input.now));
  const { share: price = null } = input;
  const limit = price === null ? 0n : unsharedLimit(content);
  // The tickets of a sponsor are bounded each for itself.
  const counted = (input.ticketLeft ?? null) === null ? input.lanes : mine;
  let open = price === null ? 0n : unshared(counted, content, price, input.now);
  if (price !== null) allowance = min(allowance, limit - open);
  // The seller's part of it is at least one.
  const least = price === null ? smallestCap(content) : max(2n, smallestCap(content));
  const { budget } = input.credit;
  const creditedBefore = liveCredit(input);
  let credited = creditedBefore;
  let shortage: AllotmentPlan["shortage"] = null;
  const planned: PlannedLane[] = [];

  const all = listWishes(input, mine, goodUntil);
  const picked = pickOfCrowd(all);
  const wishes = picked.slice(0, lanesLeft(input.lanes, session.key, input.now));
  if (picked.length < all.length) shortage = "CREDIT";
  if (wishes.length < picked.length) shortage = "RATE";
  const newPairs = wishes.filter((wish) => wish.credit === null).length;
  const unproven = unprovenCredit(input.lanes, content.infoHash, input.now);
  const perNewPair = newPairLimit(input.credit, unproven, content.pieceLength);
  const share = Math.min(perNewPair, creditShare(budget - creditedBefore, newPairs, content.pieceLength));
  const equalShare = allowance / BigInt(Math.max(1, wishes.length));

  for (const wish of wishes) {
    const isNewPair = wish.credit === null;
    const credit = isNewPair ? share : successorCredit(wish.credit, input.credit, creditedBefore, content.pieceLength);
    if (isNewPair && credited + share > creditFor(wish, budget, share > content.pieceLength)) {
      shortage ??= "CREDIT";
      continue;
    }
    // A payee that has sold half of a lane sells more; of others, half is kept for those to come.
    const ofPair = wish.isTopUp ? equalShare : equalShare / 2n;
    const target = capTarget(content, input.bytesLeft, { earlierLanes: wish.earlierLanes, credit }, ofPair);
    const floor = wish.isTopUp ? topUpFloor(content, input.bytesLeft) : creditFloor(content, credit);
    let allowed = max(allowance, floor);
    if (price !== null) allowed = min(allowed, 2n * limit - open);
    const part = freePart(content, free, wish.isTopUp);
    const wanted = min(target, allowed);
    // Where only money is scarce, no lane is given that no batch would take.
    const enough = part < wanted ? max(least, input.minRow) : least;
    const cap = min(wanted, min(ofTicket, part));
    if (cap < least || part < enough) {
      if (part < enough) shortage = scarce;
      else if (price !== null && (wish.isTopUp ? 2n * limit : limit) - open < least) shortage ??= "SHARE";
      if (ofTicket < least) shortage = "SESSION";
      continue;
    }
    free -= cap;
    ofTicket -= cap;
    allowance -= cap;
    open += cap;
    if (isNewPair) credited += credit;
    const endsAt = wish.isBrief ? Math.min(expiresAt, goodUntil + periods.acceptMarginSec) : expiresAt;
    planned.push({ lane: input.nextLane + planned.length, payeeKey: wish.payeeKey, cap, credit, expiresAt: endsAt });
  }
  invariant(
    before - free === sumOfCaps(planned) && (planned.length === 0 || free >= 0n),
    "ALLOTMENT_SUM",
    "over-allotted",
  );
  return { lanes: planned, shortage };
}

/**
 * Of so many payees that a payer has yet to meet, each may get a lane. In a larger crowd most have
 * no place for it, and lanes to them would hold its credit.
 */
const MAX_UNMET = 4;

interface Wish {
  readonly payeeKey: Address;
  readonly isTopUp: boolean;
  readonly isMet: boolean;
  /** Its lane ends soon, unless the payer meets the payee and asks for the next one. */
  readonly isBrief: boolean;
  readonly earlierLanes: number;
  /** Bytes; null when the pair has no live lane, and so needs a share of the budget. */
  readonly credit: number | null;
}

/**
 * Successors come first, then pairs without a live lane that takes vouchers, in the order of the
 * candidates.
 */
function listWishes(input: AllotmentPlanInput, known: readonly ReservedLane[], goodUntil: number): Wish[] {
  const wishes = new Map<Address, Wish>();
  const mine = known.filter(({ isShare }) => !isShare);
  const own = input.lanes.filter(({ sessionKey }) => sessionKey === input.session.key);
  const dustPayees = listDustPayees(own, input.minRow, input.now);
  const getsNoMore = (payeeKey: Address, lanes: readonly ReservedLane[]): boolean =>
    dustPayees.has(payeeKey) || isAheadOfVouchers(lanes, input.now);
  for (const [payeeKey, lanes] of Map.groupBy(mine, (lane) => lane.payeeKey)) {
    const newest = lanes.at(-1) as ReservedLane;
    if (!input.topUp.includes(newest.lane) || getsNoMore(payeeKey, lanes)) continue;
    const credit = newest.expiresAt > input.now ? newest.credit : null;
    wishes.set(payeeKey, { payeeKey, isTopUp: true, isMet: true, isBrief: false, earlierLanes: lanes.length, credit });
  }
  for (const { sessionKey: payeeKey, isMet } of input.candidates) {
    const lanes = mine.filter((lane) => lane.payeeKey === payeeKey);
    const newest = lanes.at(-1);
    const isClosed = newest?.isClosed ?? false;
    if (wishes.has(payeeKey) || (newest !== undefined && newest.expiresAt > goodUntil && !isClosed)) continue;
    if (getsNoMore(payeeKey, lanes)) continue;
    // A complete peer buys nothing more, but may still owe an earlier payee whose lane is open.
    if (input.bytesLeft === 0 && (newest === undefined || isClosed)) continue;
    const credit = newest !== undefined && newest.expiresAt > input.now ? newest.credit : null;
    // A payer that was stopped and returns must not wait for its closed lanes to expire.
    wishes.set(payeeKey, { payeeKey, isTopUp: isClosed, isMet, isBrief: false, earlierLanes: lanes.length, credit });
  }
  return [...wishes.values()];
}

/** The first of a crowd that the payer has yet to meet, each for a short time. */
function pickOfCrowd(wishes: readonly Wish[]): readonly Wish[] {
  const unmet = wishes.filter(({ isMet, credit }) => !isMet && credit === null);
  if (unmet.length <= MAX_UNMET) return wishes;
  const tried = new Set(unmet.slice(0, MAX_UNMET));
  return wishes.flatMap((wish) => (tried.has(wish) ? { ...wish, isBrief: true } : unmet.includes(wish) ? [] : wish));
}

/**
 * Bytes that new pairs may have, up to this one. Of a crowd, or where each gets only one piece,
 * half of the budget is kept for payees that the payer has met; where both are so, three quarters.
 */
function creditFor({ isMet, isBrief }: Wish, budget: number, isPlenty: boolean): number {
  if (isMet || (isPlenty && !isBrief)) return budget;
  return Math.floor(budget / (isBrief && !isPlenty ? 4 : 2));
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

/** Each pair of devices has one credit, which its lanes share: the newest lane stands for all. */
function liveCredit(input: AllotmentPlanInput): number {
  const pairs = new Map<string, number>();
  for (const lane of input.lanes) {
    if (lane.infoHash === input.content.infoHash && lane.expiresAt > input.now)
      pairs.set(lane.sessionKey + lane.payeeKey, lane.credit);
  }
  return [...pairs.values()].reduce((sum, credit) => sum + credit, 0);
}

function sumOfCaps(lanes: readonly { readonly cap: Amount }[]): Amount {
  return lanes.reduce((sum, lane) => sum + lane.cap, 0n);
}
