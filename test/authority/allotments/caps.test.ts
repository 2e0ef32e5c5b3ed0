import { describe, expect, test } from "vitest";
import { type AllotmentPlanInput, planAllotments } from "../../../authority/allotments/policy.ts";
import { accountOf } from "../support/context.ts";
import { heldLane, planOf, SIZE } from "../support/plan.ts";

/** Of 1,000 pieces; a piece costs 122.07 base units. */
const WHOLE = 122_070n;
const FIRST_CAP = 1_953n;

const capsOf = (input: AllotmentPlanInput): bigint[] => planAllotments(input).lanes.map(({ cap }) => cap);

describe("a lane holds half of its pair's equal share of what the content may reserve", () => {
  test("five eighths of the content with one seeder, which leaves as much for payees that come later", () => {
    expect(capsOf(planOf(1))).toEqual([76_293n]);
  });

  test("a sixteenth of it with ten", () => {
    expect(capsOf(planOf(10))).toEqual(Array.from({ length: 10 }, () => 7_629n));
  });

  test("and shares what is left between a successor and a newcomer", () => {
    const lanes = [heldLane(0, { cap: 76_293n })];
    // 1.25 x 122,070 less the live lane leaves 76,294: a quarter of it each.
    expect(capsOf(planOf(2, { lanes, topUp: [1] }))).toEqual([19_073n, 19_073n]);
  });
});

describe("a lane holds at least 16 pieces, doubling with each lane of the pair", () => {
  test("with a hundred payees", () => {
    const caps = capsOf(planOf(100));
    expect(caps[0]).toBe(FIRST_CAP);
    expect(caps.reduce((sum, cap) => sum + cap, 0n)).toBeLessThanOrEqual((WHOLE * 5n) / 4n);
  });

  test("when the pair has had three lanes", () => {
    const lanes = [0, 1, 2].map((index) => heldLane(0, { lane: index + 1, cap: 45_000n }));
    expect(capsOf(planOf(1, { lanes, topUp: [3] }))).toEqual([15_624n]);
  });
});

describe("a lane never holds more", () => {
  test("than a quarter of what is free", () => {
    const account = { balance: 100_000n, withdrawing: 0n, releaseNonce: 0 };
    expect(capsOf(planOf(3, { account }))).toEqual([25_000n, 18_750n, 14_062n]);
  });

  test("than the bytes left cost, or 16 pieces", () => {
    expect(capsOf(planOf(1, { bytesLeft: SIZE / 100 }))).toEqual([FIRST_CAP]);
    const lanes = [0, 1, 2, 3, 4, 5, 6].map((index) => heldLane(0, { lane: index + 1 }));
    expect(capsOf(planOf(1, { bytesLeft: SIZE / 10, lanes, topUp: [7] }))).toEqual([12_208n]);
  });

  test("than the content may still reserve", () => {
    const lanes = [heldLane(5, { payeeKey: accountOf(200), cap: 152_000n })];
    expect(capsOf(planOf(1, { lanes }))).toEqual([587n]);
  });
});
