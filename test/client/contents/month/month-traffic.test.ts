import fc from "fast-check";
import { expect, test } from "vitest";
import { keepMonth } from "../../../../client/contents/month/keep-month.ts";
import { monthAt } from "../../../../client/contents/month/month-traffic.ts";
import { TrafficMeter } from "../../../../client/contents/month/traffic-meter.ts";
import type { MonthlyTraffic } from "../../../../client/store/traffic-store.ts";

/** How many bytes a month has had, whatever the clock does and whenever the peer is killed. */

const DECEMBER = Date.UTC(2026, 11, 1) / 1_000;
const JANUARY = Date.UTC(2027, 0, 1) / 1_000;

class Disk {
  readonly months = new Map<string, MonthlyTraffic>();
  limit: number | null = null;
  #changed = (): void => undefined;
  readonly onSettings = (changed: () => void): void => {
    this.#changed = changed;
  };
  readonly readSetting = (): string => JSON.stringify({ monthlyLimit: this.limit });
  readonly readTraffic = (month: string): MonthlyTraffic => this.months.get(month) ?? { month, down: 0, up: 0 };
  readonly saveTraffic = async (traffic: MonthlyTraffic): Promise<void> => {
    this.months.set(traffic.month, traffic);
  };

  setLimit(limit: number | null): void {
    this.limit = limit;
    this.#changed();
  }
}

test("a month begins at its first second in UTC, and ends where the next one begins", () => {
  expect(monthAt(DECEMBER)).toEqual({ month: "2026-12", startsAt: DECEMBER, endsAt: JANUARY });
  expect(monthAt(JANUARY - 1).month).toBe("2026-12");
  const second = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(second, (now) => {
      const { month, startsAt, endsAt } = monthAt(now);
      expect(startsAt <= now && now < endsAt).toBe(true);
      expect(monthAt(startsAt).month).toBe(month);
      expect(monthAt(endsAt).startsAt).toBe(endsAt);
      expect([28, 29, 30, 31]).toContain((endsAt - startsAt) / 86_400);
    }),
  );
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("move" as const), bytes: fc.nat(1_000_000) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("clock" as const), bytes: fc.nat(100 * 86_400) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("save" as const), bytes: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("kill" as const), bytes: fc.constant(0) }) },
);

test("each month has all that moved in it but what came between the last save and a kill", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80 }),
      fc.integer({ min: 1, max: 3_000_000 }),
      async (steps, limit) => {
        const disk = new Disk();
        disk.limit = limit;
        let now = DECEMBER;
        let meter = new TrafficMeter(disk, () => now);
        let told = 0;
        const listen = (): void => {
          meter.onUsedUp = () => told++;
        };
        listen();
        /** By month: what is counted now, and what a kill leaves. */
        const counted = new Map<string, number>();
        const kept = new Map<string, number>();
        let month = monthAt(now).month;
        let reached = 0;
        for (const { type, bytes } of steps) {
          const at = counted.get(month) ?? 0;
          if (type === "move") {
            meter.count({ down: bytes, up: bytes });
            counted.set(month, at + 2 * bytes);
            if (at < limit && at + 2 * bytes >= limit) reached++;
          }
          if (type === "clock") {
            now = DECEMBER + bytes;
            // To look is to notice, and what is over is kept.
            meter.view();
            if (monthAt(now).month !== month) kept.set(month, at);
            month = monthAt(now).month;
          }
          if (type === "save") {
            await meter.save();
            kept.set(month, at);
          }
          if (type === "kill") {
            meter = new TrafficMeter(disk, () => now);
            listen();
            counted.set(month, kept.get(month) ?? 0);
          }
          const { bytesDown, bytesUp, isUsedUp, endsAt } = meter.view();
          expect(bytesDown + bytesUp).toBe(counted.get(month) ?? 0);
          expect(isUsedUp).toBe(bytesDown + bytesUp >= limit);
          expect(endsAt).toBe(monthAt(now).endsAt);
        }
        expect(told).toBe(reached);
      },
    ),
    { numRuns: 80 },
  );
});

test("contents stop at the limit at once, and go on in the next month or when it is raised", async () => {
  const disk = new Disk();
  disk.limit = 100;
  let now = JANUARY - 10;
  const meter = new TrafficMeter(disk, () => now);
  const judged: boolean[] = [];
  const judgeAgain = async (): Promise<void> => void judged.push(meter.isUsedUp);
  let tick = (): void => undefined;
  const setTimer = (act: () => void): (() => void) => {
    tick = act;
    return () => {
      tick = () => undefined;
    };
  };
  const turn = () => new Promise(setImmediate);
  const month = keepMonth(meter, { judgeAgain }, setTimer, (error) => {
    throw error;
  });
  meter.count({ down: 60, up: 39 });
  await turn();
  expect(judged).toEqual([]);
  meter.count({ down: 0, up: 1 });
  meter.count({ down: 50, up: 50 });
  await turn();
  expect(judged).toEqual([true]);
  now = JANUARY;
  tick();
  await turn();
  expect(judged).toEqual([true, false]);
  // What the last run counted was kept at the turn.
  expect(disk.readTraffic("2026-12")).toEqual({ month: "2026-12", down: 110, up: 90 });
  meter.count({ down: 100, up: 0 });
  disk.setLimit(101);
  await month.look();
  expect(judged.at(-1)).toBe(false);
  month.stop();
  meter.count({ down: 5, up: 0 });
  await turn();
  expect(judged.at(-1)).toBe(false);
});
