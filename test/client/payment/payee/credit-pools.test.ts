import fc from "fast-check";
import { expect, test } from "vitest";
import { accountLimit, createCreditPool, fairShare, mayBegin } from "../../../../client/payment/payee/credit-pools.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

test("a piece may not be begun beyond the limit", () => {
  const pool = { ...createCreditPool(8 * MIB), debtBytes: 7 * MIB };
  expect(mayBegin(pool, MIB + 1)).toBe(false);
  expect(mayBegin(pool, MIB)).toBe(true);
});

test("a piece that is larger than the limit may be begun where nothing is owed", () => {
  const pool = createCreditPool(MIB);
  expect(mayBegin(pool, 4 * MIB)).toBe(true);
  expect(mayBegin({ ...pool, debtBytes: 1 }, 4 * MIB)).toBe(false);
});

test("an account owes at most the largest window, or one piece of each content", () => {
  expect(accountLimit([])).toBe(16 * MIB);
  expect(accountLimit([4 * MIB, 8 * MIB])).toBe(16 * MIB);
  expect(accountLimit([4 * MIB, 8 * MIB, 8 * MIB])).toBe(20 * MIB);
});

test("one sale is told the whole limit, two are told half each, and lost debts shrink the halves", () => {
  const one = { ...createCreditPool(8 * MIB), openSales: 1, openPieceBytes: 256 * KIB };
  expect(fairShare(one, 256 * KIB)).toBe(8 * MIB);
  const two = { ...one, openSales: 2, openPieceBytes: 512 * KIB };
  expect(fairShare(two, 256 * KIB)).toBe(4 * MIB);
  expect(fairShare({ ...two, debtBytes: 2 * MIB, idleDebtBytes: 2 * MIB }, 256 * KIB)).toBe(3 * MIB);
});

test("payers that keep to their shares never pass the limit, and each is told one piece at least", () => {
  const pieceLengths = fc.array(fc.integer({ min: 16 * KIB, max: 4 * MIB }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(pieceLengths, fc.integer({ min: 0, max: 64 * MIB }), (lengths, idleDebtBytes) => {
      const openPieceBytes = lengths.reduce((sum, length) => sum + length, 0);
      const pool = {
        ...createCreditPool(accountLimit(lengths)),
        idleDebtBytes,
        openSales: lengths.length,
        openPieceBytes,
      };
      const shares = lengths.map((length) => fairShare(pool, length));
      for (const [i, share] of shares.entries()) expect(share).toBeGreaterThanOrEqual(lengths[i] as number);
      const told = shares.reduce((sum, share) => sum + share, 0);
      expect(told).toBeLessThanOrEqual(Math.max(pool.limitBytes - idleDebtBytes, openPieceBytes));
    }),
  );
});
