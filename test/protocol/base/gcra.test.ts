import fc from "fast-check";
import { expect, test } from "vitest";
import { type Rate, takeUnits } from "../../../protocol/base/gcra.ts";
import { RateLimiter } from "../../../protocol/base/rate-limiter.ts";

const RATE: Rate = { perSecond: 10, burst: 20 };

test("in any time, no caller takes more than its burst and what has flowed in since", () => {
  const askings = fc.array(fc.record({ afterMs: fc.nat(5_000), cost: fc.integer({ min: 1, max: 25 }) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(askings, (asked) => {
      const taken: { at: number; cost: number }[] = [];
      let [now, emptyAt] = [0, Number.NEGATIVE_INFINITY];
      for (const { afterMs, cost } of asked) {
        now += afterMs;
        const { waitMs, ...next } = takeUnits(RATE, emptyAt, cost, now);
        ({ emptyAt } = next);
        if (waitMs === 0) taken.push({ at: now, cost });
        // What is refused is allowed when it was said to be, if nothing else came.
        else if (Number.isFinite(waitMs))
          expect(takeUnits(RATE, emptyAt, cost, now + waitMs).waitMs).toBeLessThan(1e-6);
        else expect(cost).toBeGreaterThan(RATE.burst);
      }
      for (const [i, { at: from }] of taken.entries()) {
        let sum = 0;
        for (const { at, cost } of taken.slice(i)) {
          sum += cost;
          expect(sum).toBeLessThanOrEqual(RATE.burst + ((at - from) / 1_000) * RATE.perSecond + 1e-6);
        }
      }
    }),
  );
});

test("a caller that waits gets its burst again, and another caller is not concerned", () => {
  let now = 0;
  const limiter = new RateLimiter(RATE, () => now);
  expect(limiter.take("a", 20)).toBe(0);
  expect(limiter.take("a", 1)).toBe(100);
  expect(limiter.take("b", 20)).toBe(0);
  now = 100;
  expect(limiter.take("a", 1)).toBe(0);
  limiter.refund("a", 5);
  expect(limiter.take("a", 5)).toBe(0);
  expect(limiter.take("a", 1)).toBeGreaterThan(0);
  now = 10_000;
  expect(limiter.take("a", 20)).toBe(0);
});

test("a million callers take bounded memory, and quiet ones are forgotten", () => {
  let now = 0;
  const limiter = new RateLimiter(RATE, () => now, 100);
  for (let i = 0; i < 10_000; i++) limiter.take(`key ${i}`, 20);
  expect(limiter.size).toBe(100);
  now = 60_000;
  limiter.take("another", 1);
  expect(limiter.size).toBe(1);
});

test("a burst of a minute's worth may be taken at once, then so many a minute", () => {
  let now = 0;
  const limiter = new RateLimiter({ perSecond: 1, burst: 60 }, () => now);
  const allow = (key: string, at: number): boolean => {
    now = at;
    return limiter.take(key, 1) === 0;
  };
  const burst = Array.from({ length: 70 }, () => allow("a", 0));
  expect(burst.filter(Boolean).length).toBe(60);
  expect([allow("a", 999), allow("a", 1_000), allow("a", 1_001)]).toEqual([false, true, false]);
  expect(allow("b", 1_001)).toBe(true);
  expect(Array.from({ length: 40 }, () => allow("a", 30_000)).filter(Boolean).length).toBe(29);
});
