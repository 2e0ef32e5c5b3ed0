import fc from "fast-check";
import { expect, test } from "vitest";
import { planShares, shareDue } from "../../../../client/payment/payer/share-ledger.ts";
import type { PayerLaneRecord } from "../../../../client/store/records.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { shareOf, splitPrice } from "../../../../protocol/base/publisher-share.ts";

const accountOf = (byte: string): Address => `0x${byte.repeat(20)}`;
const [PAYER, PUBLISHER, SELLER, DEVICE, SESSION] = ["01", "02", "03", "04", "05"].map(accountOf) as Address[];
const PRICE = splitPrice(1_000_003n, 20);
const COMMON = { payer: PAYER as Address, infoHash: "ab".repeat(20), credit: 0, signature: new Uint8Array(64) };

function lane(number: number, isShare: boolean, cap: bigint, amount: bigint, sessionKey = SESSION): PayerLaneRecord {
  const [payee, payeeKey] = (isShare ? [PUBLISHER, PUBLISHER] : [SELLER, DEVICE]) as [Address, Address];
  const pricePerGiB = isShare ? PRICE.publisher : PRICE.seller;
  const terms = { payee, payeeKey, sessionKey: sessionKey as Address, lane: number, cap, pricePerGiB, expiresAt: 100 };
  return { allotment: { ...COMMON, ...terms }, amount, signature: null };
}

test("each round brings what was signed for sellers to its share, in order, and no lane above its cap", () => {
  const steps = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 12 });
  const caps = fc.array(fc.bigInt({ min: 1n, max: 10n ** 9n }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(steps, caps, (sales, room) => {
      let lanes = room.map((cap, i) => lane(10 + i, true, cap, 0n));
      let sold = 0n;
      for (const sale of sales) {
        sold += sale;
        const all = [lane(1, false, 2n ** 90n, sold), ...lanes];
        const vouchers = planShares(all, PRICE, SESSION as Address, () => true);
        lanes = lanes.map((one) => {
          const amount = vouchers.find((voucher) => voucher.lane === one.allotment.lane)?.amount ?? one.amount;
          expect(amount).toBeGreaterThanOrEqual(one.amount);
          expect(amount).toBeLessThanOrEqual(one.allotment.cap);
          return { ...one, amount };
        });
        const paid = lanes.reduce((sum, { amount }) => sum + amount, 0n);
        const most = room.reduce((sum, cap) => sum + cap, 0n);
        const due = shareOf(sold, PRICE);
        expect(paid).toBe(due < most ? due : most);
        // A kill between two rounds changes nothing: the next one finds the same.
        const again = [lane(1, false, 2n ** 90n, sold), ...lanes];
        expect(planShares(again, PRICE, SESSION as Address, () => true)).toEqual([]);
      }
    }),
  );
});

test("what an earlier session has signed counts, and only this session's open lanes are filled", () => {
  const before = [lane(1, false, 1_000n, 1_000n, accountOf("06")), lane(2, true, 500n, 100n, accountOf("06"))];
  const all = [...before, lane(3, true, 50n, 0n), lane(4, true, 500n, 0n), lane(5, false, 800n, 400n)];
  expect(shareDue(all, PRICE)).toBe(shareOf(1_400n, PRICE) - 100n);
  const vouchers = planShares(all, PRICE, SESSION as Address, (allotment) => allotment.lane !== 3);
  expect(vouchers).toEqual([{ payer: PAYER, payee: PUBLISHER, lane: 4, amount: shareOf(1_400n, PRICE) - 100n }]);
});
