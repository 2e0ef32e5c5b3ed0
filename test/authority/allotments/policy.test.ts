import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AllotmentPlanInput } from "../../../authority/allotments/plan.ts";
import { planAllotments } from "../../../authority/allotments/policy.ts";
import { sumReserved } from "../../../authority/allotments/reservations.ts";
import { accountOf, PIECE, PRICE } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";
import { CONTENT, NEWCOMER, planOf, SIZE } from "../support/plan.ts";

describe("the plan", () => {
  const account = fc.record({
    balance: fc.bigInt(0n, 10n ** 7n),
    withdrawing: fc.bigInt(0n, 10n ** 6n),
    releaseNonce: fc.constant(3),
  });
  const release = fc.record({
    amount: fc.bigInt(1n, 10n ** 6n),
    nonce: fc.integer({ min: 1, max: 5 }),
    deadline: fc.integer({ min: START - 10, max: START + 60 }),
  });
  const session = fc.record({
    limit: fc.bigInt(0n, 10n ** 7n),
    spent: fc.bigInt(0n, 10n ** 5n),
    expiresAt: fc.integer({ min: START, max: START + 4_000 }),
    isRevoked: fc.boolean(),
  });
  const lane = fc.record({
    sessionKey: fc.constantFrom(accountOf(40), accountOf(41)),
    payeeKey: fc.constantFrom(accountOf(50), accountOf(51), accountOf(52)),
    infoHash: fc.constantFrom(CONTENT, "cd".repeat(20)),
    cap: fc.bigInt(1n, 10n ** 6n),
    credit: fc.integer({ min: 1, max: 4 }).map((pieces) => pieces * PIECE),
    expiresAt: fc.integer({ min: START - 300, max: START + 120 }),
    settling: fc.bigInt(0n, 10n ** 5n),
    issuedAt: fc.integer({ min: START - 300, max: START }),
    paid: fc.constant(0n),
    paidAtBlock: fc.constant(null),
  });
  const input = fc
    .record({
      account,
      session,
      other: fc.record({ limit: fc.bigInt(0n, 10n ** 7n), spent: fc.bigInt(0n, 10n ** 5n) }),
      bytesLeft: fc.integer({ min: 0, max: SIZE }),
      topUp: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
      candidates: fc.subarray(
        [50, 51, 52, 53].map((number) => ({ sessionKey: accountOf(number), isMet: number % 2 === 0 })),
      ),
      lanes: fc.array(lane, { maxLength: 12 }),
      releases: fc.array(release, { maxLength: 3 }),
      ticketLeft: fc.option(fc.bigInt(0n, 10n ** 5n), { freq: 1 }),
    })
    .map(
      (random): AllotmentPlanInput => ({
        ...random,
        session: { ...random.session, key: accountOf(40) },
        otherSessions: new Map([[accountOf(41), random.other]]),
        lanes: random.lanes.map((one, i) => ({ ...one, lane: i + 1 })),
        content: { infoHash: CONTENT, sizeBytes: SIZE, pieceLength: PIECE, pricePerGiB: PRICE },
        credit: NEWCOMER,
        nextLane: random.lanes.length + 1,
        block: { number: 98, timestamp: START - 2 },
        now: START,
        periods: { allotmentPeriodSec: 120, claimPeriodSec: 120, acceptMarginSec: 10 },
        minRow: 1n,
      }),
    );

  test("keeps every promise within the balance, the limit, the session's end and the allotment period, whatever is asked", () => {
    fc.assert(
      fc.property(input, (plan) => {
        const { lanes } = planAllotments(plan);
        const added = lanes.reduce((sum, { cap }) => sum + cap, 0n);
        if (plan.ticketLeft !== null) expect(added).toBeLessThanOrEqual(plan.ticketLeft ?? 0n);
        if (added === 0n) return;
        const { balance, withdrawing } = plan.account;
        const others = plan.lanes.filter(({ sessionKey }) => sessionKey !== accountOf(40));
        const released = plan.releases
          .filter(({ nonce, deadline }) => nonce >= 3 && deadline >= START - 2)
          .reduce((sum, { amount }) => sum + amount, 0n);
        const promised = sumReserved(plan.lanes, plan.block, 120) + released + added;
        expect(promised).toBeLessThanOrEqual(balance - withdrawing);
        const all = sumReserved(plan.lanes, plan.block, 120) + added;
        expect(all).toBeLessThanOrEqual(plan.session.limit - plan.session.spent);
        const other = plan.otherSessions.get(accountOf(41));
        if (other && sumReserved(others, plan.block, 120) > 0n)
          expect(all).toBeLessThanOrEqual(other.limit - other.spent);
        expect(plan.session.isRevoked).toBe(false);
        for (const one of lanes) {
          expect(one.expiresAt).toBeLessThanOrEqual(Math.min(plan.block.timestamp + 120, plan.session.expiresAt));
          expect(one.cap).toBeGreaterThan(0n);
        }
        expect(new Set(lanes.map(({ payeeKey }) => payeeKey)).size).toBe(lanes.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test("gives no more credit on a content than the account's budget, over all payees", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (count) => {
        const { lanes, shortage } = planAllotments(planOf(count));
        const credit = lanes.reduce((sum, one) => sum + one.credit, 0);
        expect(credit).toBeLessThanOrEqual(NEWCOMER.budget);
        if (lanes.length < count) expect(shortage).not.toBeNull();
      }),
    );
  });
});
