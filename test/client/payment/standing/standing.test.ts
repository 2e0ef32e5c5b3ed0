import { expect, test } from "vitest";
import { isBanned, withBadPiece, withDebtPaid, withDefault } from "../../../../client/payment/standing/standing.ts";

const GOOD = { account: `0x${"aa".repeat(20)}`, defaults: 0, badPieces: 0, bannedUntil: 0 } as const;
const DAY = 86_400;

test("the second default bans for a day", () => {
  const once = withDefault(GOOD, 1_000);
  expect(once).toEqual({ ...GOOD, defaults: 1 });
  expect(isBanned(once, 1_000)).toBe(false);
  const twice = withDefault(once, 2_000);
  expect(twice).toEqual({ ...GOOD, defaults: 2, bannedUntil: 2_000 + DAY });
  expect(isBanned(twice, 2_000 + DAY - 1)).toBe(true);
  expect(isBanned(twice, 2_000 + DAY)).toBe(false);
});

test("the second bad piece bans for a day, whatever was paid", () => {
  const once = withBadPiece({ ...GOOD, defaults: 1 }, 1_000);
  expect(isBanned(once, 1_000)).toBe(false);
  expect(withBadPiece(once, 2_000)).toEqual({ ...GOOD, defaults: 1, badPieces: 2, bannedUntil: 2_000 + DAY });
});

test("an account whose ban is over starts anew", () => {
  const banned = { ...GOOD, defaults: 2, bannedUntil: 1_000 };
  expect(withDefault(banned, 1_000)).toEqual({ ...GOOD, defaults: 1 });
  expect(withBadPiece(banned, 1_000)).toEqual({ ...GOOD, badPieces: 1 });
});

test("what is paid is no default any more, and lifts a ban for defaults, but not one for bad pieces", () => {
  const banned = { ...GOOD, defaults: 2, bannedUntil: 1_000 };
  expect(withDebtPaid({ ...GOOD, defaults: 1 })).toEqual(GOOD);
  expect(withDebtPaid(banned)).toEqual(GOOD);
  expect(withDebtPaid({ ...banned, badPieces: 2 })).toEqual({ ...GOOD, badPieces: 2, bannedUntil: 1_000 });
});
