import fc from "fast-check";
import { expect, test } from "vitest";
import { PiecePicker } from "../../../../client/torrent/picker/piece-picker.ts";
import { bestResales, expectedResales, leastSales } from "../../../../client/torrent/picker/resale.ts";

/** What a cache buys (docs/decisions/021). */

const markets = fc.array(fc.record({ asking: fc.nat(60), holding: fc.nat(60) }), { maxLength: 40 });
const amount = fc.bigInt({ min: 0n, max: 10n ** 9n });

test("it buys what is asked for enough, the best first, and nothing else", () => {
  fc.assert(
    fc.property(
      markets,
      fc.double({ min: 0, max: 8, noNaN: true }),
      fc.infiniteStream(fc.nat(99)),
      (all, least, draws) => {
        const salesOf = (piece: number): number => expectedResales(all[piece] as (typeof all)[number]);
        const random = (): number => draws.next().value / 100;
        const chosen = bestResales(
          all.keys(),
          () => true,
          (piece) => all[piece] as (typeof all)[number],
          () => least,
          random,
        );
        const isBought = (piece: number): boolean => (all[piece]?.asking ?? 0) > 0 && salesOf(piece) >= least;
        expect(new Set(chosen)).toEqual(new Set([...all.keys()].filter(isBought)));
        const sales = chosen.map(salesOf);
        expect(sales).toEqual(sales.toSorted((a, b) => b - a));
      },
    ),
  );
});

test("money at risk waits for two sales, but for a quarter of the stop-loss", () => {
  fc.assert(
    fc.property(amount, amount, amount, (spent, earned, stopLoss) => {
      const isProven = spent > 0n && earned >= 2n * spent;
      const isProbe = 4n * spent < stopLoss;
      expect(leastSales({ spent, earned, stopLoss })).toBe(isProven || isProbe ? 0 : 2);
    }),
  );
});

test("profit is never spent below zero", () => {
  fc.assert(
    fc.property(amount, amount, fc.bigInt({ min: 1n, max: 1000n }), (spent, earned, cost) => {
      const books = { spent, earned, stopLoss: 0n };
      // What is bought with no sale to expect, and no probe to pay for it, comes out of profit.
      fc.pre(leastSales(books) === 0 && cost <= spent);
      expect(earned - spent - cost).toBeGreaterThanOrEqual(0n);
    }),
  );
});

test("a probe ends with what is chosen, begun or not", () => {
  const picker = new PiecePicker({
    pieceCount: 9,
    order: "rarest",
    random: () => 0,
    cache: (chosen) => ({ spent: BigInt(chosen), earned: 0n, stopLoss: 12n }),
  });
  for (let piece = 0; piece < 9; piece++) picker.want(piece);
  for (const name of ["seller", "other"]) {
    picker.addWire(name, name);
    picker.setAsking(name, false);
    for (let piece = 0; piece < 9; piece++) picker.setHas(name, piece, true);
  }
  picker.addWire("buyer", "buyer");
  expect(picker.pick("seller", 2)).toHaveLength(2);
  expect(picker.pick("other", 9)).toHaveLength(1);
  expect(picker.pick("seller", 9)).toEqual([]);
});

test("the picker of a cache takes what others lack, and not from those that only look like buyers", () => {
  const picker = new PiecePicker({
    pieceCount: 3,
    order: "rarest",
    random: () => 0,
    cache: (chosen) => ({ spent: 1n + BigInt(chosen), earned: 0n, stopLoss: 0n }),
  });
  for (let piece = 0; piece < 3; piece++) picker.want(piece);
  picker.addWire("seller", "seller");
  picker.setAsking("seller", false);
  for (const piece of [0, 1, 2]) picker.setHas("seller", piece, true);
  for (const name of ["a", "b", "c", "d"]) picker.addWire(name, name);
  picker.setHas("a", 1, true);
  // Four lack 0 and 2, beside one that sells; three lack 1, beside two.
  expect(picker.isUseful("seller")).toBe(true);
  expect(picker.isUseful("a")).toBe(false);
  expect(new Set(picker.pick("seller", 9))).toEqual(new Set([0, 2]));
  picker.release("seller", () => false);
  picker.setAsking("b", false);
  expect(picker.pick("seller", 9)).toEqual([]);
  picker.setAsking("b", true);
  picker.removeWire("c");
  expect(picker.isUseful("seller")).toBe(false);
});
