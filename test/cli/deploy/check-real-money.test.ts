import { describe, expect, test } from "vitest";
import { checkRealMoney, defaultTimelock } from "../../../cli/deploy/check-real-money.ts";
import { devnetAccount } from "../../../cli/devnet/devnet-keys.ts";
import { type Address, parseAddress } from "../../../protocol/base/ids.ts";

const HOT = parseAddress(`0x${"aa".repeat(20)}`);
const ALLOTTER = parseAddress(`0x${"bb".repeat(20)}`);
const COLD = parseAddress(`0x${"cc".repeat(20)}`);
const KNOWN = parseAddress(devnetAccount(0).address);
const TWO_DAYS = 172_800;

const check = (owner: Address | undefined, claimPeriodSec = TWO_DAYS) =>
  checkRealMoney({ owner, claimPeriodSec }, 10, [HOT, ALLOTTER]);
const refused = (code: string, says: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(says) });

describe("where money is real", () => {
  test("a cold owner and a claim period of two days are taken", () => {
    expect(() => check(COLD)).not.toThrow();
  });

  test.each([
    ["no owner", undefined, "OWNER_MISSING", /give --owner/],
    ["the operator as owner", HOT, "OWNER_INVALID", /whose key is hot/],
    ["the allotter as owner", ALLOTTER, "OWNER_INVALID", /whose key is hot/],
    ["an owner that everybody knows", KNOWN, "WELL_KNOWN_KEY", /known to everybody/],
  ])("%s is refused", (_name, owner, code, says) => {
    expect(() => check(owner)).toThrow(refused(code, says));
  });

  test("the owner acts through a timelock of a week, unless told otherwise", () => {
    expect(defaultTimelock(10)).toBe(604_800);
    expect(defaultTimelock(31337)).toBe(0);
  });

  test("a claim period that a sequencer can outlast is refused", () => {
    expect(() => check(COLD, TWO_DAYS - 1)).toThrow(refused("CLAIM_PERIOD_TOO_SHORT", /--claim-period 172800 or more/));
  });
});
