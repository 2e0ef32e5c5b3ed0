import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trackRecordOf } from "../../../authority/allotments/track-record.ts";
import type { SettledPair } from "../../../authority/store/tables/settled-sums.ts";
import { accountOf } from "../support/context.ts";

const pair = (payee: number, amount: bigint, back = 0n): SettledPair => ({ payee: accountOf(payee), amount, back });

describe("an account has no track record", () => {
  test.each<[string, SettledPair[]]>([
    ["when it has paid nobody", []],
    ["by one friend, however much it pays", [pair(1, 10n ** 20n)]],
    ["by two friends", [pair(1, 10n ** 20n), pair(2, 10n ** 20n)]],
    ["by money that its payees have paid back", [1, 2, 3, 4].map((payee) => pair(payee, 500n, 500n))],
    ["by being paid", [1, 2, 3, 4].map((payee) => pair(payee, 500n, 10n ** 20n))],
  ])("%s", (_name, pairs) => {
    expect(trackRecordOf(pairs)).toBe(0n);
  });
});

test("the track record is what an account has paid, less what came back, without the two payees that got most", () => {
  expect(trackRecordOf([pair(1, 100n), pair(2, 90n), pair(3, 80n), pair(4, 70n)])).toBe(150n);
  expect(trackRecordOf([pair(1, 100n, 99n), pair(2, 90n), pair(3, 80n), pair(4, 70n)])).toBe(71n);
});

describe("whatever was settled before", () => {
  const amount = fc.bigInt(0n, 10n ** 6n);
  const pairs = fc
    .array(fc.tuple(amount, amount), { maxLength: 8 })
    .map((sums) => sums.map((sum, i) => pair(i, ...sum)));

  test("paying one payee more never lowers the track record", () => {
    fc.assert(
      fc.property(pairs, fc.nat(8), amount, (before, index, more) => {
        const known = before[index] ?? pair(index, 0n);
        const after = [...before.filter((one) => one !== known), { ...known, amount: known.amount + more }];
        expect(trackRecordOf(after)).toBeGreaterThanOrEqual(trackRecordOf(before));
      }),
    );
  });

  test("money that goes to a payee and comes back adds nothing", () => {
    fc.assert(
      fc.property(pairs, fc.nat(8), amount, (before, index, circled) => {
        const known = before[index] ?? pair(index, 0n);
        const { amount, back } = known;
        const after = [
          ...before.filter((one) => one !== known),
          { ...known, amount: amount + circled, back: back + circled },
        ];
        expect(trackRecordOf(after)).toBe(trackRecordOf(before));
      }),
    );
  });
});
