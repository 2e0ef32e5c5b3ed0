import fc from "fast-check";
import { expect, test } from "vitest";
import { Pace } from "../../../../client/torrent/wire/pace.ts";
import { shareWires } from "../../../../client/torrent/wire/share-wires.ts";

/** A clock that goes on only when a test says so. */
class Clock {
  nowMs = 0;
  #timers: { atMs: number; run: () => void }[] = [];
  readonly now = (): number => this.nowMs;
  readonly setTimer = (run: () => void, ms: number): (() => void) => {
    const timer = { atMs: this.nowMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };

  goTo(ms: number): void {
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.atMs - b.atMs);
      if (!next || next.atMs > ms) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = ms;
  }
}

const takes = fc.array(fc.record({ atMs: fc.nat(20_000), bytes: fc.integer({ min: 1, max: 131_072 }) }), {
  minLength: 1,
  maxLength: 60,
});
const CREDIT_MS = 250;
/** Timers are of whole milliseconds. */
const SLACK = 1.001;

test("in any span no more is let through than its rate allows, in order, and all of it in the end", () => {
  fc.assert(
    fc.property(fc.integer({ min: 16_384, max: 10_000_000 }), takes, (rate, asked) => {
      const clock = new Clock();
      const pace = new Pace(rate, clock);
      const through: { index: number; atMs: number; bytes: number }[] = [];
      const inOrder = asked.toSorted((a, b) => a.atMs - b.atMs);
      for (const [index, { atMs, bytes }] of inOrder.entries()) {
        clock.goTo(atMs);
        pace.take(bytes, () => through.push({ index, atMs: clock.nowMs, bytes }));
      }
      const bytes = asked.reduce((sum, one) => sum + one.bytes, 0);
      clock.goTo(30_000 + (2_000 * bytes) / rate);
      expect(through.map(({ index }) => index)).toEqual(inOrder.map((_, index) => index));
      for (const [first, { atMs: fromMs }] of through.entries()) {
        let sum = 0;
        for (const { atMs, bytes: own } of through.slice(first)) {
          // All but the last one are paid off when that one goes.
          expect(sum).toBeLessThanOrEqual(((rate * (atMs - fromMs + CREDIT_MS)) / 1_000) * SLACK + 1);
          sum += own;
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("a rate that is raised, or lifted, holds for those that wait", () => {
  const clock = new Clock();
  const pace = new Pace(1_000, clock);
  const through: number[] = [];
  for (const index of [0, 1, 2, 3]) pace.take(10_000, () => through.push(index));
  expect(through).toEqual([0]);
  pace.setRate(10_000);
  expect(through).toEqual([0, 1]);
  clock.goTo(1_000);
  expect(through).toEqual([0, 1, 2]);
  pace.setRate(null);
  expect(through).toEqual([0, 1, 2, 3]);
});

test("what is given up is never let through, and costs nothing", () => {
  const clock = new Clock();
  const pace = new Pace(1_000, clock);
  const through: number[] = [];
  const giveUps = [0, 1, 2].map((index) => pace.take(1_000, () => through.push(index)));
  giveUps[1]?.();
  clock.goTo(1_000);
  expect(through).toEqual([0, 2]);
});

test("of too many wires those contents give first that have most", () => {
  expect(shareWires([{ count: 9, most: 5 }], 100)).toEqual([5]);
  const share = fc.record({ count: fc.nat(60), most: fc.integer({ min: 1, max: 60 }) });
  fc.assert(
    fc.property(fc.array(share, { maxLength: 12 }), fc.nat(200), (contents, most) => {
      const kept = shareWires(contents, most);
      const own = contents.map((one) => Math.min(one.count, one.most));
      const [all, before] = [kept, own].map((list) => list.reduce((sum, count) => sum + count, 0)) as [number, number];
      expect(all).toBe(Math.min(before, most));
      const largest = Math.max(0, ...kept);
      for (const [i, count] of kept.entries()) {
        const had = own[i] as number;
        expect(count).toBeLessThanOrEqual(had);
        if (count < had) expect(count).toBeGreaterThanOrEqual(largest - 1);
      }
    }),
  );
});
