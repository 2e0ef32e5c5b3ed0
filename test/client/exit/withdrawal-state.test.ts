import { describe, expect, test } from "vitest";
import { type ContractWithdrawal, isRequested } from "../../../client/exit/withdrawal-state.ts";
import { PAYER } from "./lane.ts";

describe("an open withdrawal", () => {
  const TO = `0x${"01".repeat(20)}` as const;
  const NOBODY = `0x${"00".repeat(20)}` as const;
  const open: ContractWithdrawal = {
    balance: 90n,
    withdrawing: 50n,
    withdrawableAt: 1,
    recipient: TO,
    nonce: 1n,
    now: 0,
  };
  const wish = { amount: 50n, to: TO, isSender: false };

  test.each<[string, boolean, Partial<ContractWithdrawal>, Partial<typeof wish>]>([
    ["of the same amount to the same address is the one", true, {}, {}],
    ["of the account's own request is the one when it sends itself", true, { recipient: NOBODY }, { isSender: true }],
    ["that claims have cut down to the balance is the one", true, { balance: 30n, withdrawing: 30n }, {}],
    ["to somebody else is not", false, { recipient: PAYER }, {}],
    ["of less, where more is there, is not", false, { withdrawing: 40n }, {}],
    ["of more is not", false, { withdrawing: 60n }, {}],
    ["of nothing is not", false, { balance: 0n, withdrawing: 0n }, {}],
  ])("%s", (_what, expected, exit, change) => {
    expect(isRequested({ ...open, ...exit }, { ...wish, ...change })).toBe(expected);
  });
});
