import { describe, expect, test } from "vitest";
import { chooseLimit } from "../../../client/account/session-limit.ts";
import { MAX_UINT96 } from "../../../protocol/base/units.ts";

/** What a wallet signs for its peer: enough for the money that is there, and no more. */

describe("the limit of a session", () => {
  test.each([
    ["is the balance at first", 5n, null, 5n],
    ["counts what was spent: the rest of the balance stays spendable", 3n, { limit: 5n, spent: 2n }, 5n],
    ["rises with a further deposit", 10n, { limit: 5n, spent: 5n }, 15n],
    ["rises with what the account has earned", 7n, { limit: 5n, spent: 0n }, 7n],
    ["never falls below the chain's, which would change nothing", 1n, { limit: 5n, spent: 2n }, 5n],
    ["stays none where the chain knows none", 5n, { limit: MAX_UINT96, spent: 0n }, MAX_UINT96],
    ["is a number of 96 bits", MAX_UINT96, { limit: 5n, spent: 5n }, MAX_UINT96],
  ])("%s", (_name, balance, known, limit) => expect(chooseLimit(null, balance, known)).toBe(limit));

  test.each([
    ["above the balance", 100n],
    ["below the balance", 1n],
  ])("that a customer chose stays, %s", (_name, chosen) =>
    expect(chooseLimit(chosen, 5n, { limit: 2n, spent: 2n })).toBe(chosen),
  );
});
