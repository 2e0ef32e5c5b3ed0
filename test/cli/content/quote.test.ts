import { describe, expect, test } from "vitest";
import { describeQuote, isLarge, type Purse, quoteOf, shortageOf } from "../../../cli/content/quote.ts";

const TOKEN = { address: "0x", symbol: "TUSD", decimals: 6 } as never;
const PRICE = 1_000_000n;
const GIB = 2 ** 30;
const purse = (change: Partial<Purse> = {}): Purse => ({ spendable: 5_000_000n, limitLeft: null, ...change });

test("a quote is what the missing bytes cost, in money", () => {
  const quote = quoteOf(GIB / 2, PRICE);
  expect(quote).toEqual({ bytes: GIB / 2, cost: 500_000n });
  expect(describeQuote(quote, purse(), TOKEN)).toBe(
    "512.0 MiB to get for 0.500000 TUSD at most; 5.000000 TUSD in the account",
  );
  expect(describeQuote(quote, purse(), TOKEN, { sharePercent: 20 })).toMatch(/at most, 20 % of it to the publisher; 5/);
});

describe("a download is refused before it begins", () => {
  const refused = (cost: bigint, has: Partial<Purse>, maxSpend: bigint | null = null) =>
    shortageOf({ bytes: 1, cost }, purse(has), maxSpend, TOKEN);

  test("when the account has less than it costs", () => {
    expect(refused(5_000_001n, {})).toMatchObject({
      code: "BALANCE_TOO_LOW",
      message: expect.stringMatching(/costs 5\.000001 TUSD, and the account has 5\.000000 TUSD: pay in/),
    });
    expect(refused(5_000_000n, {})).toBeNull();
  });

  test("when the account is empty", () => {
    expect(refused(1n, { spendable: 0n })?.message).toMatch(/nothing to spend/);
    expect(refused(0n, { spendable: 0n })).toBeNull();
  });

  test("when the limit of this device is lower", () => {
    expect(refused(51n, { limitLeft: 50n })?.message).toMatch(/may spend 0\.000050 TUSD more.*register --limit/);
    expect(refused(51n, { limitLeft: -3n })?.message).toMatch(/may spend 0\.000000 TUSD more/);
    expect(refused(50n, { limitLeft: 50n })).toBeNull();
  });

  test("unless --max-spend asks for a part that can be paid", () => {
    expect(refused(9_000_000n, {}, 5_000_000n)).toBeNull();
    expect(refused(9_000_000n, { limitLeft: 1n }, 1n)).toBeNull();
    expect(refused(9_000_000n, {}, 5_000_001n)).not.toBeNull();
  });
});

test("a person is asked above a tenth of the account's money", () => {
  expect(isLarge({ bytes: 1, cost: 500_000n }, purse(), null)).toBe(false);
  expect(isLarge({ bytes: 1, cost: 500_001n }, purse(), null)).toBe(true);
  expect(isLarge({ bytes: 1, cost: 500_001n }, purse(), 500_000n)).toBe(false);
});
