import { expect, test } from "vitest";
import { planAllotments } from "../../../authority/allotments/policy.ts";
import type { ReservedLane } from "../../../authority/allotments/reservations.ts";
import { MAX_UINT96 } from "../../../protocol/base/units.ts";
import { accountOf } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";
import { heldLane, metPlanOf, planOf } from "../support/plan.ts";

/** A payer that names the newest lane of its only pair as used, `times` times in a row. */
function topUp(lanes: readonly ReservedLane[], times: number, now = START): ReservedLane[] {
  const held = [...lanes];
  for (let i = 0; i < times; i++) {
    const newest = held.at(-1)?.lane;
    const asked = newest === undefined ? [] : [newest];
    const input = planOf(1, {
      lanes: held,
      topUp: asked,
      nextLane: held.length + 1,
      now,
      block: { number: 98, timestamp: now - 2 },
    });
    for (const planned of planAllotments(input).lanes) held.push(heldLane(0, { ...planned, issuedAt: now }));
  }
  return held;
}

test("a pair that never uses its lanes gets few, and more with its vouchers or in time", () => {
  const unused = topUp([], 100);
  expect(unused).toHaveLength(8);
  // Half of one is enough, a base unit is not.
  const dust = unused.map((lane) => ({ ...lane, settling: 1n }));
  expect(topUp(dust, 100)).toHaveLength(8);
  const used = unused.map((lane, i) => (i < 3 ? { ...lane, settling: lane.cap / 2n + 1n } : lane));
  expect(topUp(used, 100)).toHaveLength(11);
  const later = Math.max(...unused.map(({ expiresAt }) => expiresAt));
  expect(topUp(unused, 100, later)).toHaveLength(16);
});

test("a payer that is stopped and returns again and again gets no more", () => {
  const held: ReservedLane[] = [];
  for (let i = 0; i < 100; i++) {
    const closed = held.map((lane) => ({ ...lane, isClosed: true, settling: 1n }));
    for (const lane of planAllotments(planOf(1, { lanes: closed, nextLane: held.length + 1 })).lanes)
      held.push(heldLane(0, lane));
  }
  expect(held).toHaveLength(8);
});

const OTHER = { infoHash: "cd".repeat(20) };

test.each([
  ["live lanes of one session", accountOf(40), 1_995, START - 100],
  ["live lanes of one account", accountOf(41), 3_995, START - 100],
  ["lanes in a minute of one session", accountOf(40), 595, START - 20],
  ["lanes in a minute of one account", accountOf(41), 1_195, START - 20],
])("a payer gets only so many %s", (_of, sessionKey, count, issuedAt) => {
  const lanes = Array.from({ length: count }, (_, i) =>
    heldLane(i % 50, { ...OTHER, lane: i + 1, sessionKey, issuedAt }),
  );
  const otherSessions = new Map([[accountOf(41), { limit: MAX_UINT96, spent: 0n }]]);
  const block = (now: number) => ({ number: 98, timestamp: now - 2 });
  const plan = (now: number) =>
    planAllotments(metPlanOf(10, { lanes, otherSessions, nextLane: count + 1, now, block: block(now) }));
  expect(plan(START)).toMatchObject({ lanes: { length: 5 }, shortage: "RATE" });
  // All those have ended, or the minute has.
  expect(plan(START + 101)).toMatchObject({ lanes: { length: 10 }, shortage: null });
});

test("a pair whose lanes end below the worth of a row, three times, gets no more; others do", () => {
  const dust = (count: number, settling: bigint) =>
    Array.from({ length: count }, (_, i) =>
      heldLane(0, { ...OTHER, lane: i + 1, cap: 10_000n, settling, isClosed: true }),
    );
  const payeesOf = (lanes: readonly ReservedLane[], minRow = 500n) =>
    planAllotments(planOf(2, { lanes, minRow, nextLane: 9 })).lanes.map(({ payeeKey }) => payeeKey);
  const [first, second] = [accountOf(100), accountOf(101)];
  expect(payeesOf(dust(2, 499n))).toEqual([first, second]);
  expect(payeesOf(dust(3, 499n))).toEqual([second]);
  expect(payeesOf(dust(3, 500n))).toEqual([first, second]);
  // Nothing was bought, or a row is worth its gas whatever it pays.
  expect(payeesOf(dust(3, 0n))).toEqual([first, second]);
  expect(payeesOf(dust(3, 1n), 1n)).toEqual([first, second]);
  // The lanes still run, so they may become worth a row.
  expect(payeesOf(dust(3, 499n).map((lane) => ({ ...lane, isClosed: false })))).toEqual([first, second]);
});
