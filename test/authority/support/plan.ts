import type { CreditLimits } from "../../../authority/allotments/credit.ts";
import type { AllotmentPlanInput } from "../../../authority/allotments/plan.ts";
import type { ReservedLane } from "../../../authority/allotments/reservations.ts";
import { accountOf, PIECE, PIECES, PRICE } from "./context.ts";
import { START } from "./fake-chain.ts";

export const CONTENT = "ab".repeat(20);
export const SIZE = PIECES * PIECE;

/** What an account without a track record may owe on it. */
export const NEWCOMER: CreditLimits = { budget: 20 * PIECE, perPair: Number.POSITIVE_INFINITY, ofAccount: 60 * PIECE };

/**
 * A request of a payer with plenty of money, for all of a content of 1,000 pieces, from `payees`
 * others.
 */
export function planOf(payees: number, change: Partial<AllotmentPlanInput> = {}): AllotmentPlanInput {
  return {
    account: { balance: 10n ** 12n, withdrawing: 0n, releaseNonce: 0 },
    session: { key: accountOf(40), limit: 10n ** 12n, spent: 0n, expiresAt: START + 3_600, isRevoked: false },
    otherSessions: new Map(),
    content: { infoHash: CONTENT, sizeBytes: SIZE, pieceLength: PIECE, pricePerGiB: PRICE },
    credit: NEWCOMER,
    bytesLeft: SIZE,
    topUp: [],
    candidates: Array.from({ length: payees }, (_, i) => ({ sessionKey: accountOf(100 + i), isMet: false })),
    lanes: [],
    releases: [],
    nextLane: 1,
    block: { number: 98, timestamp: START - 2 },
    now: START,
    periods: { allotmentPeriodSec: 120, claimPeriodSec: 120, acceptMarginSec: 10 },
    minRow: 1n,
    ...change,
  };
}

/** As `planOf`, with payees that the payer has met. */
export function metPlanOf(payees: number, change: Partial<AllotmentPlanInput> = {}): AllotmentPlanInput {
  const candidates = planOf(payees).candidates.map(({ sessionKey }) => ({ sessionKey, isMet: true }));
  return planOf(0, { candidates, ...change });
}

/** A live lane of that payer to its `index`-th payee. */
export function heldLane(index: number, change: Partial<ReservedLane> = {}): ReservedLane {
  return {
    lane: index + 1,
    sessionKey: accountOf(40),
    payeeKey: accountOf(100 + index),
    infoHash: CONTENT,
    cap: 1n,
    credit: PIECE,
    expiresAt: START + 100,
    issuedAt: START - 20,
    paid: 0n,
    paidAtBlock: null,
    settling: 0n,
    ...change,
  };
}
