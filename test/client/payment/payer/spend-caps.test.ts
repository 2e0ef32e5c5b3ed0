import fc from "fast-check";
import { expect, test } from "vitest";
import {
  dayOf,
  type SpendCaps,
  type SpendingDay,
  type SpentBefore,
  spendLeft,
} from "../../../../client/payment/payer/spend-caps.ts";

const [ONE, TWO] = ["11".repeat(20), "22".repeat(20)];
const NOTHING: SpentBefore = { day: "2026-01-01", today: 0n, total: 0n, ofContent: () => 0n };
const caps = (total: bigint | null, perDay: bigint | null, content: bigint | null): SpendCaps => ({
  total,
  perDay,
  ofContent: (infoHash) => (infoHash === ONE ? content : null),
});
const started: SpendingDay = { day: "2026-01-01", spent: 0n, signedBefore: 0n };

test.each<[string, SpendCaps, SpentBefore, SpendingDay, bigint | null]>([
  ["no cap leaves all", caps(null, null, null), NOTHING, started, null],
  ["the total counts all contents and runs", caps(100n, null, null), { ...NOTHING, total: 40n }, started, 30n],
  ["a day counts what it had before the run", caps(null, 50n, null), NOTHING, { ...started, spent: 15n }, 5n],
  ["a later day counts what was signed since", caps(null, 50n, null), NOTHING, { ...started, signedBefore: 25n }, 45n],
  ["a content counts itself", caps(null, null, 50n), { ...NOTHING, ofContent: () => 5n }, started, 25n],
  ["the least of them holds", caps(31n, 50n, 50n), NOTHING, started, 1n],
  ["what is overdrawn is below zero", caps(10n, null, null), NOTHING, started, -20n],
])("%s", (_name, limits, before, day, left) => {
  const promised = [
    { infoHash: ONE as string, committed: 20n },
    { infoHash: TWO as string, committed: 10n },
  ];
  expect(spendLeft(ONE as string, limits, before, day, promised)).toBe(left);
});

test("a day begins with what was spent on it before the run, and with nothing at midnight", () => {
  const before = { ...NOTHING, today: 7n };
  const first = dayOf(null, before, "2026-01-01", 0n);
  expect(first).toEqual({ day: "2026-01-01", spent: 7n, signedBefore: 0n });
  expect(dayOf(first, before, "2026-01-01", 5n)).toBe(first);
  expect(dayOf(first, before, "2026-01-02", 5n)).toEqual({ day: "2026-01-02", spent: 0n, signedBefore: 5n });
  expect(dayOf(null, before, "2026-01-02", 0n)).toEqual({ day: "2026-01-02", spent: 0n, signedBefore: 0n });
});

type Event = { readonly type: "begin" | "sign" | "midnight"; readonly content: 0 | 1; readonly amount: bigint };

test("whatever is begun and signed, on whatever days and in how many runs, no cap is passed", () => {
  const event: fc.Arbitrary<Event> = fc.record({
    type: fc.constantFrom("begin", "begin", "sign", "midnight"),
    content: fc.constantFrom(0, 1),
    amount: fc.bigInt({ min: 1n, max: 40n }),
  });
  const cap = fc.bigInt({ min: 0n, max: 200n });
  fc.assert(
    fc.property(
      fc.array(fc.array(event, { maxLength: 30 }), { maxLength: 4 }),
      cap,
      cap,
      cap,
      (runs, total, perDay, content) => {
        const limits = caps(total, perDay, content);
        let today = 0;
        const signedEver = [0n, 0n];
        let signedToday = 0n;
        for (const events of runs) {
          const base = [...signedEver];
          const before: SpentBefore = {
            day: String(today),
            today: signedToday,
            total: (base[0] as bigint) + (base[1] as bigint),
            ofContent: (infoHash) => base[infoHash === ONE ? 0 : 1] as bigint,
          };
          const signed = [0n, 0n];
          const begun = [0n, 0n];
          let day: SpendingDay | null = null;
          for (const { type, content: i, amount } of events) {
            day = dayOf(day, before, String(today), (signed[0] as bigint) + (signed[1] as bigint));
            const promised = [ONE, TWO].map((infoHash, j) => ({
              infoHash: infoHash as string,
              committed: (signed[j] as bigint) + (begun[j] as bigint),
            }));
            const left = spendLeft([ONE, TWO][i] as string, limits, before, day, promised) as bigint;
            if (type === "begin" && amount <= left) begun[i] = (begun[i] as bigint) + amount;
            if (type === "sign") {
              const part = begun[i] as bigint;
              begun[i] = 0n;
              signed[i] = (signed[i] as bigint) + part;
              signedEver[i] = (signedEver[i] as bigint) + part;
              signedToday += part;
            }
            if (type === "midnight") {
              today++;
              signedToday = 0n;
            }
            expect(signedToday <= perDay).toBe(true);
            expect((signedEver[0] as bigint) + (signedEver[1] as bigint) <= total).toBe(true);
            expect((signedEver[0] as bigint) <= content).toBe(true);
          }
        }
      },
    ),
  );
});
