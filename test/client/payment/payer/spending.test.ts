import fc from "fast-check";
import { expect, test } from "vitest";
import { RunSpending } from "../../../../client/payment/payer/spending.ts";
import { shareOf, splitPrice } from "../../../../protocol/base/publisher-share.ts";
import { CONTENT, PRICE } from "../network.ts";

/** A run that has signed so much for the only seller of a content. */
function runOf(signed: bigint, percent: number, maxSpend: bigint | null): RunSpending {
  const content = { price: splitPrice(PRICE, percent), purchases: new Map() };
  const lanes = [{ signed }];
  const pair = {
    infoHash: CONTENT,
    pricePerGiB: content.price.seller,
    verifiedBytes: 0,
    begunBytes: 0,
    adjust: 0n,
    lanes,
  };
  const purchase = { content, pair, before: { committed: 0n, signed: 0n, verifiedBytes: 0 } };
  content.purchases.set("seller", purchase);
  const contents = { find: () => content, all: () => [content], purchases: () => [purchase] };
  return new RunSpending({ maxSpend, spending: null }, contents as never);
}

const signed = fc.bigInt({ min: 0n, max: 10n ** 12n });
const percents = fc.integer({ min: 1, max: 50 });

test("what a cap leaves for sellers, with the publisher's share of it, is never above the cap", () => {
  fc.assert(
    fc.property(signed, percents, fc.bigInt({ min: 0n, max: 10n ** 13n }), (sold, percent, maxSpend) => {
      const left = runOf(sold, percent, maxSpend).leftForSellers(CONTENT) as bigint;
      if (left <= 0n) return;
      const all = sold + left;
      expect(all + shareOf(all, splitPrice(PRICE, percent))).toBeLessThanOrEqual(maxSpend);
    }),
  );
});

test("what was paid is told with the share; without one it is what sellers got", () => {
  fc.assert(
    fc.property(signed, percents, (sold, percent) => {
      expect(runOf(sold, percent, null).paid()).toBe(sold + shareOf(sold, splitPrice(PRICE, percent)));
      const alone = runOf(sold, 0, 7n * sold);
      expect([alone.paid(), alone.leftForSellers(CONTENT)]).toEqual([sold, 6n * sold]);
    }),
  );
});
