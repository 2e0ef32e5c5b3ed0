import fc from "fast-check";
import { expect, test } from "vitest";
import { BEAT_MS, beat, ranMs, startClock } from "../../../../client/payment/payee/running-clock.ts";

test("the clock runs with its beats", () => {
  const clock = beat(beat(startClock(1_000), 1_250), 1_500);
  expect(ranMs(clock, 1_500)).toBe(500);
  expect(ranMs(clock, 1_600)).toBe(600);
});

test("a process that stands still for ten seconds costs a payer one beat of its time", () => {
  const clock = beat(startClock(0), 10_000);
  expect(ranMs(clock, 10_000)).toBe(250);
});

test("the clock never runs backwards, nor faster than time", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 * BEAT_MS })), (gaps) => {
      let clock = startClock(0);
      let now = 0;
      let last = 0;
      for (const gap of gaps) {
        now += gap;
        const ran = ranMs(clock, now);
        expect(ran).toBeGreaterThanOrEqual(last);
        expect(ran - last).toBeLessThanOrEqual(gap);
        clock = beat(clock, now);
        expect(ranMs(clock, now)).toBe(ran);
        last = ran;
      }
    }),
  );
});
