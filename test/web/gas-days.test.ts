import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GAS_DAYS, gasDaysOf, readGasCsv, toGasCsv } from "../../web/operator/gas-days.ts";

const TODAY = 20_000;

const uses = fc.array(
  fc.record({
    day: fc.integer({ min: TODAY - 2 * GAS_DAYS, max: TODAY + 1 }),
    kind: fc.constantFrom("settle", "claim", "fund", "session", "withdraw-pay", "fill"),
    gas: fc.integer({ min: 0, max: 30_000_000 }),
    count: fc.integer({ min: 1, max: 1_000 }),
  }),
  { maxLength: 50 },
);

describe("gas by day", () => {
  test("has each day once, without a gap, and all that was used in them", () => {
    fc.assert(
      fc.property(uses, (all) => {
        const days = gasDaysOf(all, TODAY);
        const shown = all.filter(({ day }) => day <= TODAY && day > TODAY - GAS_DAYS);
        const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
        expect(sum(days.map(({ settling, relaying }) => settling + relaying))).toBe(sum(shown.map(({ gas }) => gas)));
        expect(sum(days.map(({ count }) => count))).toBe(sum(shown.map(({ count }) => count)));
        expect(days.map(({ day }) => day)).toEqual(days.map((_, i) => TODAY - days.length + 1 + i));
        expect(days.length === 0 || (days.length >= 7 && days.length <= GAS_DAYS)).toBe(true);
      }),
    );
  });

  test("tells settling from what is done for accounts", () => {
    const days = gasDaysOf(
      ["settle", "claim", "fund", "withdraw-now"].map((kind, i) => ({ day: TODAY, kind, gas: 10 ** i, count: 1 })),
      TODAY,
    );
    expect(days.at(-1)).toEqual({ day: TODAY, settling: 11, relaying: 1_100, count: 4 });
  });

  test("reads what it has written, and nothing else", () => {
    fc.assert(
      fc.property(uses, (all) => {
        const days = gasDaysOf(all, TODAY);
        expect(readGasCsv(toGasCsv(days))).toEqual(days);
      }),
    );
    const good = toGasCsv(gasDaysOf([{ day: TODAY, kind: "settle", gas: 5, count: 1 }], TODAY));
    for (const other of ["", "<!doctype html>", good.slice(0, -1), good.replace(",5,", ",-5,"), `${good}x`])
      expect(readGasCsv(other)).toBeNull();
    expect(readGasCsv(good.replace(/\d{4}-\d\d-\d\d/, "2026-99-99"))).toBeNull();
  });
});
