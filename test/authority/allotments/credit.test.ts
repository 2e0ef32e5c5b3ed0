import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { creditShare } from "../../../authority/allotments/credit.ts";
import { type AllotmentPlanInput, planAllotments } from "../../../authority/allotments/policy.ts";
import { PIECE } from "../support/context.ts";
import { heldLane, planOf } from "../support/plan.ts";

/** In pieces; the budget of a new account on 1,000 pieces is 20 of them. */
const creditsOf = (input: AllotmentPlanInput): number[] =>
  planAllotments(input).lanes.map(({ credit }) => credit / PIECE);

describe("pairs that need credit share the budget", () => {
  test("one gets half, and the next half of the rest", () => {
    expect(creditsOf(planOf(1))).toEqual([10]);
    expect(creditsOf(planOf(2, { lanes: [heldLane(0, { credit: 10 * PIECE })] }))).toEqual([5]);
  });

  test("each in whole pieces, with a share left for who comes later", () => {
    expect(creditsOf(planOf(3))).toEqual([5, 5, 5]);
    expect(creditsOf(planOf(6))).toEqual([2, 2, 2, 2, 2, 2]);
  });

  test("and a piece each while it lasts, when they are many", () => {
    const { lanes, shortage } = planAllotments(planOf(30));
    expect(lanes.map(({ credit }) => credit / PIECE)).toEqual(Array.from({ length: 20 }, () => 1));
    expect(shortage).toBe("CREDIT");
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
