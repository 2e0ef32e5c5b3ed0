import { describe, expect, test } from "vitest";
import { isSpent } from "../../../cli/content/spend-limit.ts";

/** A piece costs 61 base units. */
const TERMS = { pieceLength: 65_536, pricePerGiB: "1000000" };

describe("a spend limit", () => {
  test("is spent when nothing comes and the rest buys no piece", () => {
    const still = { bytesDone: 655_360, paid: 610n };
    expect(isSpent(still, still, TERMS, 670n)).toBe(true);
    expect(isSpent(still, still, TERMS, 671n)).toBe(false);
  });

  test("is not spent while pieces or vouchers still move", () => {
    const before = { bytesDone: 655_360, paid: 610n };
    expect(isSpent(before, { bytesDone: 720_896, paid: 610n }, TERMS, 650n)).toBe(false);
    expect(isSpent(before, { bytesDone: 655_360, paid: 649n }, TERMS, 650n)).toBe(false);
  });

  test("of nothing is spent from the start", () => {
    const nothing = { bytesDone: 0, paid: 0n };
    expect(isSpent(nothing, nothing, TERMS, 0n)).toBe(true);
  });
});
