import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_SHARE_PERCENT } from "../../../protocol/base/constants.ts";
import { shareOf, splitCap, splitPrice } from "../../../protocol/base/publisher-share.ts";

const percents = fc.integer({ min: 0, max: MAX_SHARE_PERCENT });
const amounts = fc.bigInt({ min: 1n, max: 2n ** 80n });
/** A price of which the publisher gets something. */
const prices = fc
  .tuple(amounts, percents)
  .map(([price, percent]) => splitPrice(price, percent))
  .filter(({ publisher }) => publisher > 0n);

test("seller and publisher share the whole price, and the seller never gets less than the rest", () => {
  fc.assert(
    fc.property(amounts, percents, (price, percent) => {
      const { seller, publisher } = splitPrice(price, percent);
      expect(seller + publisher).toBe(price);
      expect(100n * publisher).toBeLessThanOrEqual(price * BigInt(percent));
      expect(100n * (publisher + 1n)).toBeGreaterThan(price * BigInt(percent));
      expect(seller).toBeGreaterThanOrEqual(publisher);
    }),
  );
});

test("both together are what a buyer pays at the whole price, less than a unit off", () => {
  fc.assert(
    fc.property(amounts, prices, (sold, price) => {
      const whole = price.seller + price.publisher;
      const both = sold + shareOf(sold, price);
      expect(both * price.seller).toBeLessThanOrEqual(sold * whole);
      expect((both + 1n) * price.seller).toBeGreaterThan(sold * whole);
    }),
  );
});

test("the share of a running total only grows, and does not depend on its steps", () => {
  fc.assert(
    fc.property(fc.array(amounts, { minLength: 1, maxLength: 20 }), prices, (steps, price) => {
      let sold = 0n;
      let shared = 0n;
      for (const step of steps) {
        sold += step;
        const next = shareOf(sold, price);
        expect(next).toBeGreaterThanOrEqual(shared);
        shared = next;
      }
      expect(shared).toBe(shareOf(sold, price));
    }),
  );
});

test("a cap is split without a rest, and the publisher's part covers all that the seller's can lead to", () => {
  fc.assert(
    fc.property(amounts, prices, (cap, price) => {
      const { seller, publisher } = splitCap(cap, price);
      expect(seller + publisher).toBe(cap);
      expect(shareOf(seller, price)).toBeLessThanOrEqual(publisher);
      if (cap > 1n) expect(seller).toBeGreaterThan(0n);
    }),
  );
});
