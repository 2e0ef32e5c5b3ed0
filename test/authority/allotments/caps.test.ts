import { describe, expect, test } from "vitest";
import { creditLimits } from "../../../authority/allotments/credit.ts";
import type { AllotmentPlanInput } from "../../../authority/allotments/plan.ts";
import { planAllotments } from "../../../authority/allotments/policy.ts";
import type { ReservedLane } from "../../../authority/allotments/reservations.ts";
import { MAX_WINDOW_BYTES } from "../../../protocol/base/constants.ts";
import { owed } from "../../../protocol/base/units.ts";
import { accountOf, PIECE, PRICE } from "../support/context.ts";
import { heldLane, metPlanOf, NEWCOMER, planOf, SIZE } from "../support/plan.ts";

/** Of 1,000 pieces; a piece costs 122.07 base units. */
const WHOLE = 122_070n;
const FIRST_CAP = 1_953n;

const capsOf = (input: AllotmentPlanInput): bigint[] => planAllotments(input).lanes.map(({ cap }) => cap);

describe("a lane holds half of its pair's equal share of what the content may reserve", () => {
  test("five eighths of the content with one seeder, which leaves as much for payees that come later", () => {
    expect(capsOf(planOf(1))).toEqual([76_293n]);
  });

  test("a sixteenth of it with ten", () => {
    expect(capsOf(metPlanOf(10))).toEqual(Array.from({ length: 10 }, () => 7_629n));
  });

  test("a successor all of its share, since that payee sells: a newcomer next to it half", () => {
    const lanes = [heldLane(0, { cap: 76_293n })];
    // 1.25 x 122,070 less the live lane leaves 76,294.
    expect(capsOf(planOf(2, { lanes, topUp: [1] }))).toEqual([38_147n, 19_073n]);
  });
});

describe("a lane holds at least 16 pieces, doubling with each lane of the pair", () => {
  test("with a hundred payees", () => {
    const caps = capsOf(metPlanOf(100));
    expect(caps[0]).toBe(FIRST_CAP);
    expect(caps.reduce((sum, cap) => sum + cap, 0n)).toBeLessThanOrEqual((WHOLE * 5n) / 4n);
  });

  test("when the pair has had three lanes", () => {
    const lanes = [0, 1, 2].map((index) => heldLane(0, { lane: index + 1, cap: 47_000n }));
    expect(capsOf(planOf(1, { lanes, topUp: [3] }))).toEqual([15_624n]);
  });
});

describe("a lane never holds more", () => {
  test("than a quarter of what is free", () => {
    const account = { balance: 100_000n, withdrawing: 0n, releaseNonce: 0 };
    expect(capsOf(planOf(3, { account }))).toEqual([25_000n, 18_750n, 14_062n]);
  });

  test("than half of what is free, for a pair that has used its lane", () => {
    const lanes = [heldLane(0, { cap: 20_000n, settling: 20_000n })];
    const account = { balance: 100_000n, withdrawing: 0n, releaseNonce: 0 };
    expect(capsOf(planOf(1, { account, lanes, topUp: [1] }))).toEqual([40_000n]);
  });

  test("than the bytes left cost, or 16 pieces", () => {
    expect(capsOf(planOf(1, { bytesLeft: SIZE / 100 }))).toEqual([FIRST_CAP]);
    const lanes = [0, 1, 2, 3, 4, 5, 6].map((index) => heldLane(0, { lane: index + 1 }));
    expect(capsOf(planOf(1, { bytesLeft: SIZE / 10, lanes, topUp: [7] }))).toEqual([12_208n]);
  });

  test("than the content may still reserve, or the pair's credit is worth", () => {
    const lanes = [heldLane(5, { payeeKey: accountOf(200), cap: 152_000n })];
    // 587 are left. The newcomer may owe 14 of the 19 pieces that are left of the budget.
    expect(capsOf(planOf(1, { lanes }))).toEqual([1_708n]);
    expect(capsOf(planOf(1, { lanes, credit: { ...NEWCOMER, perPair: PIECE } }))).toEqual([587n]);
  });
});

describe("a content ends without ever smaller lanes", () => {
  /** Of a download from one payee, which asks for a successor when half of a lane is used. */
  function lanesOf(sizeBytes: number, pieceLength: number): readonly ReservedLane[] {
    const content = { ...planOf(1).content, sizeBytes, pieceLength };
    const credit = creditLimits(content, { trackRecord: 0n, unrelatedComplainers: 0 });
    const lanes: ReservedLane[] = [];
    for (let held = 0n, used = 0n; held < owed(sizeBytes, PRICE); ) {
      const bytesLeft = sizeBytes - Number((used << 30n) / PRICE);
      const topUp = lanes.length > 0 ? [lanes.length] : [];
      const { lanes: planned } = planAllotments(planOf(1, { content, credit, bytesLeft, lanes, topUp }));
      const { cap, credit: ofPair } = planned[0] as { cap: bigint; credit: number };
      lanes.forEach((lane, i) => {
        lanes[i] = { ...lane, paid: lane.cap };
      });
      lanes.push(heldLane(0, { lane: lanes.length + 1, cap, credit: ofPair }));
      used = held + cap / 2n;
      held += cap;
    }
    return lanes;
  }

  test.each([
    [64, 16],
    [256, 16],
    [256, 256],
    [2048, 64],
  ])(
    "a download of %i MiB in pieces of %i KiB has lanes of a window each, and no more than seven",
    (mebibytes, kibibytes) => {
      const lanes = lanesOf(mebibytes * 2 ** 20, kibibytes * 2 ** 10);
      const window = Math.min(MAX_WINDOW_BYTES, ...lanes.map(({ credit }) => credit));
      expect(lanes.length).toBeLessThanOrEqual(7);
      for (const { cap } of lanes.slice(0, -1)) expect(cap).toBeGreaterThanOrEqual(owed(window, PRICE));
    },
  );
});

describe("money that runs out", () => {
  /** One seller, from which all is bought: each lane is used up before the next is asked for. */
  function buyAll(balance: bigint, change: Partial<AllotmentPlanInput> = {}) {
    const account = { balance, withdrawing: 0n, releaseNonce: 0 };
    const lanes: ReservedLane[] = [];
    for (;;) {
      const bought = lanes.reduce((sum, { cap }) => sum + cap, 0n);
      const bytesLeft = Math.max(0, SIZE - Number((bought * 2n ** 30n) / PRICE));
      const topUp = lanes.slice(-1).map(({ lane }) => lane);
      const plan = planAllotments(planOf(1, { account, bytesLeft, lanes, topUp, ...change }));
      const [next] = plan.lanes;
      if (next === undefined) return { caps: lanes.map(({ cap }) => cap), shortage: plan.shortage };
      lanes.push(heldLane(0, { lane: lanes.length + 1, cap: next.cap, settling: next.cap }));
    }
  }
  const sumOf = (caps: readonly bigint[]): bigint => caps.reduce((sum, cap) => sum + cap, 0n);

  test("ends in few lanes, and but for less than a piece all of it buys something", () => {
    const { caps, shortage } = buyAll(20_000n);
    expect(caps).toEqual([5_000n, 7_500n, 3_750n, 1_953n, 1_797n]);
    expect([sumOf(caps), shortage]).toEqual([20_000n, "DEPOSIT"]);
  });

  test("is not spread over lanes that no batch would take", () => {
    const { caps, shortage } = buyAll(20_000n, { minRow: 1_900n });
    expect(caps.every((cap) => cap >= 1_900n)).toBe(true);
    expect(shortage).toBe("DEPOSIT");
    expect(buyAll(1_899n, { minRow: 1_900n })).toEqual({ caps: [], shortage: "DEPOSIT" });
  });

  test("buys the whole where it is just enough", () => {
    expect(sumOf(buyAll(WHOLE + 1n).caps)).toBe(WHOLE + 1n);
  });

  test("does not keep a content that is cheap from being bought", () => {
    expect(capsOf(planOf(1, { minRow: 10n ** 6n }))).toEqual([76_293n]);
  });
});
