import fc from "fast-check";
import { expect, test } from "vitest";
import { cacheBooks, cacheCap } from "../../../client/contents/cache-terms.ts";

/** However sales and purchases come, a cache stays within its budget and its stop-loss. */

const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
const step = fc.record({ type: fc.constantFrom("buy", "sell"), amount: fc.bigInt({ min: 0n, max: 10n ** 6n }) });

test("what was spent is never more above what came back than the stop-loss, nor above the budget", () => {
  fc.assert(
    fc.property(amount, amount, fc.nat(1000), fc.array(step, { maxLength: 60 }), (budget, stopLoss, feeBps, steps) => {
      let money = { paid: 0n, earned: 0n };
      for (const { type, amount } of steps) {
        if (type === "sell") money = { ...money, earned: money.earned + amount };
        const books = cacheBooks(money, { budget, stopLoss }, feeBps);
        const left = cacheCap(books, budget) - money.paid;
        if (type === "buy" && amount <= left) money = { ...money, paid: money.paid + amount };
        const after = cacheBooks(money, { budget, stopLoss }, feeBps);
        expect(after.spent - after.earned).toBeLessThanOrEqual(stopLoss);
        expect(after.spent).toBeLessThanOrEqual(budget);
      }
    }),
  );
});

test("what comes back is what the fee leaves", () => {
  expect(cacheBooks({ paid: 7n, earned: 10_001n }, { budget: 1n, stopLoss: 1n }, 100).earned).toBe(9_900n);
});
