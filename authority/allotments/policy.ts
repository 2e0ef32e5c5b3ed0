import { invariant } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { creditShare, newPairLimit, successorCredit } from "./credit.ts";
import { isAheadOfVouchers, lanesLeft, listDustPayees, unprovenCredit } from "./live-lanes.ts";
import { moneyFor, sizeLane, spend, sumOfCaps } from "./money.ts";
import type { AllotmentPlan, AllotmentPlanInput, PlannedLane } from "./plan.ts";
import type { ReservedLane } from "./reservations.ts";

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

  const mine = input.lanes.filter((lane) => lane.sessionKey === session.key && lane.infoHash === content.infoHash);
  const all = listWishes(input, mine, goodUntil);
  const picked = pickOfCrowd(all);
  const wishes = picked.slice(0, lanesLeft(input.lanes, session.key, input.now));
  let shortage: AllotmentPlan["shortage"] = picked.length < all.length ? "CREDIT" : null;
  if (wishes.length < picked.length) shortage = "RATE";

  const { budget } = input.credit;
  const creditedBefore = liveCredit(input);
  let credited = creditedBefore;
  const newPairs = wishes.filter((wish) => wish.credit === null).length;
  const unproven = unprovenCredit(input.lanes, content.infoHash, input.now);
  const perNewPair = newPairLimit(input.credit, unproven, content.pieceLength);
  const share = Math.min(perNewPair, creditShare(budget - creditedBefore, newPairs, content.pieceLength));

  const before = moneyFor(input, mine);
  const equalShare = before.allowance / BigInt(Math.max(1, wishes.length));
  let money = before;
  const planned: PlannedLane[] = [];
  for (const wish of wishes) {
    const isNewPair = wish.credit === null;
    const credit = isNewPair ? share : successorCredit(wish.credit, input.credit, creditedBefore, content.pieceLength);
    if (isNewPair && credited + share > creditFor(wish, budget, share > content.pieceLength)) {
      shortage ??= "CREDIT";
      continue;
    }
    const { cap, lack } = sizeLane(input, wish, { credit, equalShare }, money);
    if (cap === null) {
      // What the account lacks is told rather than what one content does.
      shortage = lack === "SHARE" ? (shortage ?? lack) : (lack ?? shortage);
      continue;
    }
    money = spend(money, cap);
    if (isNewPair) credited += credit;
    const endsAt = wish.isBrief ? Math.min(expiresAt, goodUntil + periods.acceptMarginSec) : expiresAt;
    planned.push({ lane: input.nextLane + planned.length, payeeKey: wish.payeeKey, cap, credit, expiresAt: endsAt });
  }
  invariant(
    before.free - money.free === sumOfCaps(planned) && (planned.length === 0 || money.free >= 0n),
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

/** Each pair of devices has one credit, which its lanes share: the newest lane stands for all. */
function liveCredit(input: AllotmentPlanInput): number {
  const pairs = new Map<string, number>();
  for (const lane of input.lanes) {
    if (lane.infoHash === input.content.infoHash && lane.expiresAt > input.now)
      pairs.set(lane.sessionKey + lane.payeeKey, lane.credit);
  }
  return [...pairs.values()].reduce((sum, credit) => sum + credit, 0);
}
