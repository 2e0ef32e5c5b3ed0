import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Complainer, countUnrelated } from "../../../authority/complaints/unrelated.ts";
import { accountOf } from "../support/context.ts";

const PAYER = accountOf(1);
const complainer = (account: number, ...customers: number[]): Complainer => ({
  account: accountOf(account),
  customers: customers.map(accountOf),
});
const count = (...complainers: Complainer[]): number => countUnrelated(PAYER, complainers);

describe("a payee that complains counts for nothing", () => {
  test.each<[string, Complainer[]]>([
    ["when nobody has settled to it but the payer", [complainer(11, 1), complainer(12, 1), complainer(13, 1)]],
    ["when only others that complain have", [complainer(11, 12), complainer(12, 13), complainer(13, 11)]],
    ["when nobody has at all", [complainer(11), complainer(12)]],
  ])("%s", (_name, complainers) => {
    expect(count(...complainers)).toBe(0);
  });
});

test("one customer vouches for one payee only", () => {
  expect(count(complainer(11, 21), complainer(12, 21), complainer(13, 21))).toBe(1);
});

test("payees with a customer each all count, whatever customers they share besides", () => {
  expect(count(complainer(11, 1, 21, 22, 23), complainer(12, 21, 22), complainer(13, 12, 21))).toBe(3);
});

test("never more count than complain, nor than there are customers beside them", () => {
  const one = fc.record({ account: fc.integer({ min: 2, max: 9 }), customers: fc.uniqueArray(fc.nat(15)) });
  const all = fc.uniqueArray(one, { selector: ({ account }) => account });
  fc.assert(
    fc.property(all, (random) => {
      const complainers = random.map(({ account, customers }) => complainer(account, ...customers));
      const parties = new Set([1, ...random.map(({ account }) => account)]);
      const others = new Set(random.flatMap(({ customers }) => customers).filter((number) => !parties.has(number)));
      const counted = countUnrelated(PAYER, complainers);
      expect(counted).toBeLessThanOrEqual(Math.min(complainers.length, others.size));
      if (others.size > 0) expect(counted).toBeGreaterThan(0);
    }),
  );
});
