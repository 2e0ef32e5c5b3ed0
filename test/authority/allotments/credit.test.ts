import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { creditLimits, creditShare } from "../../../authority/allotments/credit.ts";
import type { AllotmentPlanInput } from "../../../authority/allotments/plan.ts";
import { planAllotments } from "../../../authority/allotments/policy.ts";
import { accountOf, PIECE, PRICE } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";
import { heldLane, metPlanOf, NEWCOMER, planOf } from "../support/plan.ts";

/** In pieces of a content of `pieces`. */
const budgetOf = (pieces: number, trackRecord: bigint): number => {
  const content = { sizeBytes: pieces * PIECE, pieceLength: PIECE, pricePerGiB: PRICE };
  return creditLimits(content, { trackRecord, unrelatedComplainers: 0 }).budget / PIECE;
};

describe("what an account may owe on a content", () => {
  test("is 8 pieces, 2 % of it, or 16 MiB of less than an eighth, without a track record", () => {
    const most = (16 * 2 ** 20) / PIECE;
    const pieces = [32, 400, 8 * most, 9 * most, 100 * most];
    expect(pieces.map((count) => budgetOf(count, 0n))).toEqual([8, 50, most, most, 2 * most]);
  });

  test("grows by what an eighth of its track record buys at the content's price", () => {
    // 976,560 base units have bought 8,000 pieces: 1,000 more than 2 %.
    expect(budgetOf(20_000, 976_560n)).toBeCloseTo(1_400, 1);
  });

  test("is never more than a quarter of it", () => {
    expect(budgetOf(1_000, 10n ** 28n)).toBe(250);
  });

  test("never falls when the track record grows", () => {
    const amount = fc.bigInt(0n, 10n ** 7n);
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 64, max: 4_000 }), (record, more, pieces) => {
        const [before, after] = [budgetOf(pieces, record), budgetOf(pieces, record + more)];
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after).toBeLessThanOrEqual(pieces / 4);
      }),
    );
  });
});

/** In pieces; the budget of a new account on 1,000 pieces is 20 of them. */
const creditsOf = (input: AllotmentPlanInput): number[] =>
  planAllotments(input).lanes.map(({ credit }) => credit / PIECE);

describe("complaints of unrelated payees", () => {
  const content = { sizeBytes: 1_000 * PIECE, pieceLength: PIECE, pricePerGiB: PRICE };
  const limitsOf = (unrelatedComplainers: number) => {
    const { budget, perPair } = creditLimits(content, { trackRecord: 10n ** 12n, unrelatedComplainers });
    return { budget: budget / PIECE, perPair: perPair / PIECE };
  };
  const UNLIMITED = Number.POSITIVE_INFINITY;

  test.each([
    [2, { budget: 250, perPair: UNLIMITED }],
    [3, { budget: 20, perPair: UNLIMITED }],
    [5, { budget: 20, perPair: UNLIMITED }],
    [6, { budget: 20, perPair: 1 }],
  ])("%i of them leave this", (complainers, limits) => {
    expect(limitsOf(complainers)).toEqual(limits);
  });

  test("shrink what successors get until all fit into the budget again, and no lane below a piece", () => {
    const held = [0, 1, 2].map((index) => heldLane(index, { credit: ([100, 40, 1][index] as number) * PIECE }));
    const credit = { ...NEWCOMER, perPair: UNLIMITED };
    // 141 pieces are out: 100 x 20 / 141 is 14.
    expect(creditsOf(planOf(0, { lanes: held, topUp: [1, 2, 3], credit }))).toEqual([14, 5, 1]);
    const least = { ...NEWCOMER, perPair: PIECE };
    expect(creditsOf(planOf(0, { lanes: held, topUp: [1, 2, 3], credit: least }))).toEqual([1, 1, 1]);
  });
});

describe("the credit of pairs that have yet to pay, over all contents,", () => {
  const elsewhere = (change: object = {}) =>
    [0, 1].map((index) => heldLane(index, { infoHash: "cd".repeat(20), credit: 25 * PIECE, cap: 100n, ...change }));

  test("leaves a new pair a piece when the account has lent as much as it may", () => {
    expect(creditsOf(planOf(2, { lanes: elsewhere() }))).toEqual([1, 1]);
    expect(creditsOf(planOf(2, { lanes: elsewhere({ credit: 20 * PIECE }) }))).toEqual([7, 7]);
  });

  test("does not count what was paid for, or has ended", () => {
    expect(creditsOf(planOf(2, { lanes: elsewhere({ settling: 50n }) }))).toEqual([7, 7]);
    expect(creditsOf(planOf(2, { lanes: elsewhere({ expiresAt: 1 }) }))).toEqual([7, 7]);
  });

  test("takes nothing from pairs that have some", () => {
    const lanes = [...elsewhere(), heldLane(5, { credit: 7 * PIECE })];
    expect(creditsOf(planOf(0, { lanes, topUp: [6] }))).toEqual([7]);
  });
});

describe("pairs that need credit share the budget", () => {
  test("one gets three quarters, and the next three quarters of the rest", () => {
    expect(creditsOf(planOf(1))).toEqual([15]);
    expect(creditsOf(planOf(2, { lanes: [heldLane(0, { credit: 12 * PIECE })] }))).toEqual([6]);
  });

  test("each in whole pieces, with something left for payees that come later", () => {
    expect(creditsOf(planOf(3))).toEqual([5, 5, 5]);
    expect(creditsOf(metPlanOf(6))).toEqual([2, 2, 2, 2, 2, 2]);
  });

  test("and a piece each of half of it, when the payer may never meet them", () => {
    expect(creditsOf(planOf(4, { credit: { ...NEWCOMER, budget: 5 * PIECE } }))).toEqual([1, 1]);
  });

  describe("of a crowd", () => {
    const crowd = Array.from({ length: 30 }, (_, i) => ({ sessionKey: accountOf(100 + i), isMet: i % 10 === 5 }));

    test("only the first few that it has yet to meet get a lane, for half of the budget", () => {
      const { lanes, shortage } = planAllotments(planOf(30));
      expect(lanes.map(({ payeeKey, credit }) => [payeeKey, credit / PIECE])).toEqual([
        [accountOf(100), 3],
        [accountOf(101), 3],
        [accountOf(102), 3],
      ]);
      expect(shortage).toBe("CREDIT");
    });

    test("for a quarter, where each gets only one piece", () => {
      const credit = { ...NEWCOMER, budget: 8 * PIECE };
      expect(creditsOf(planOf(30, { credit }))).toEqual([1, 1]);
    });

    test("and for a short time, after which their credit is for those that it has met", () => {
      const first = planAllotments(planOf(30)).lanes;
      expect(first.map(({ expiresAt }) => expiresAt)).toEqual([START + 30, START + 30, START + 30]);
      const lanes = first.map((lane, i) => heldLane(i, lane));
      const at = (sec: number) =>
        planOf(0, { candidates: crowd, lanes, now: sec, block: { number: 98, timestamp: sec - 2 }, nextLane: 4 });
      const met = [accountOf(105), accountOf(115), accountOf(125)];
      const [before, after] = [at(START + 1), at(START + 30)].map((input) =>
        planAllotments(input).lanes.filter(({ payeeKey }) => met.includes(payeeKey)),
      );
      expect(before?.map(({ credit, expiresAt }) => [credit / PIECE, expiresAt])).toEqual([
        [1, START + 119],
        [1, START + 119],
        [1, START + 119],
      ]);
      expect(after?.map(({ credit }) => credit / PIECE)).toEqual([2, 2, 2]);
    });
  });

  test("and a piece each while it lasts, when the payer has met them", () => {
    const candidates = Array.from({ length: 30 }, (_, i) => ({ sessionKey: accountOf(100 + i), isMet: i < 17 }));
    const { lanes } = planAllotments(planOf(0, { candidates }));
    expect(lanes.map(({ payeeKey }) => payeeKey)).toEqual(candidates.slice(0, 17).map(({ sessionKey }) => sessionKey));
    expect(creditsOf(planOf(0, { candidates: candidates.slice(0, 24) }))).toEqual(Array.from({ length: 17 }, () => 1));
    const held = Array.from({ length: 3 }, (_, i) => heldLane(50 + i));
    expect(creditsOf(planOf(0, { candidates, lanes: held }))).toEqual(Array.from({ length: 17 }, () => 1));
  });

  test("but a successor keeps the credit of its pair", () => {
    const lanes = [heldLane(0, { credit: 7 * PIECE })];
    expect(creditsOf(planOf(0, { lanes, topUp: [1] }))).toEqual([7]);
  });

  test("never more than fits into an allotment", () => {
    expect(creditShare(Number.MAX_SAFE_INTEGER, 1, PIECE)).toBe(32_767 * PIECE);
  });

  test("all together within the budget, of which they leave some", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 50 }), (pieces, pairs) => {
        const share = creditShare(pieces * PIECE, pairs, PIECE);
        expect(share % PIECE).toBe(0);
        expect(share).toBeGreaterThanOrEqual(PIECE);
        if (pieces > pairs) expect(share * pairs).toBeLessThan(pieces * PIECE);
      }),
    );
  });
});
