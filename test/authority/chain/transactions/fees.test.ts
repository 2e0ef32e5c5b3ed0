import fc from "fast-check";
import { expect, test } from "vitest";
import { bumpedFees, firstFees } from "../../../../authority/chain/transactions/fees.ts";

const wei = fc.bigInt({ min: 0n, max: 10n ** 12n });
const price = fc.record({ baseFee: wei, priorityFee: wei });

test("a replacement pays an eighth more in both fees, never above the ceiling, and at least today's price", () => {
  fc.assert(
    fc.property(price, price, wei, (then, now, ceiling) => {
      const first = firstFees(then, ceiling);
      if (first === null) {
        expect(then.baseFee + then.priorityFee).toBeGreaterThan(ceiling);
        return;
      }
      expect(first.maxFeePerGas).toBeLessThanOrEqual(ceiling);
      expect(first.maxPriorityFeePerGas).toBeLessThanOrEqual(first.maxFeePerGas);
      const next = bumpedFees(first, now, ceiling);
      if (next === null) {
        expect(first.maxFeePerGas * 9n).toBeGreaterThan(ceiling * 8n - 8n);
        return;
      }
      expect(next.maxFeePerGas * 8n).toBeGreaterThanOrEqual(first.maxFeePerGas * 9n);
      expect(next.maxFeePerGas).toBeGreaterThan(first.maxFeePerGas);
      expect(next.maxFeePerGas).toBeLessThanOrEqual(ceiling);
      expect(next.maxPriorityFeePerGas * 8n).toBeGreaterThanOrEqual(first.maxPriorityFeePerGas * 9n);
      expect(next.maxPriorityFeePerGas).toBeLessThanOrEqual(next.maxFeePerGas);
    }),
  );
});
