import { expect, test } from "vitest";
import { fundAccount } from "../../../client/account/fund.ts";
import type { Account } from "../../../client/account/opened-account.ts";
import { type Asked, memoryHome, openedBy, SESSION } from "./fakes.ts";

const { signal } = new AbortController();
const CARD = { card: "4242424242424242", amount: 5_000_000n };
const reply = (state: string, reason: string | null = null) => ({
  id: "d1",
  amount: "5000000",
  state,
  reason,
  txHash: null,
});

/**
 * An account whose authority answers the charge with `charge`, and questions about it with `end`.
 */
function accountOf(charge: object, end: object = reply("credited")): { account: Account; asked: Asked[] } {
  const asked: Asked[] = [];
  const { client, network } = openedBy((one) => {
    asked.push(one);
    return one.route === "POST /v1/deposits" ? charge : end;
  });
  return { account: { client, network, session: SESSION }, asked };
}
const keyOf = ({ headers }: Asked): string | null => headers.get("idempotency-key");

test("a deposit whose answer was lost goes on with its key, and is forgotten at its end", async () => {
  const home = memoryHome(SESSION);
  const lost = accountOf({ status: 502, code: "AUTHORITY_FAILED" });
  await expect(fundAccount(home, lost.account, CARD, signal)).rejects.toMatchObject({ code: "AUTHORITY_FAILED" });
  const pending = await home.deposit.read();
  expect(pending).toEqual({ idempotencyKey: expect.any(String), amount: "5000000" });

  const found = accountOf(reply("charging"));
  expect(await fundAccount(home, found.account, CARD, signal)).toMatchObject({ state: "credited" });
  expect(found.asked.slice(0, 1).map(keyOf)).toEqual([pending?.idempotencyKey]);
  expect(lost.asked.map(keyOf)).toEqual([pending?.idempotencyKey]);
  expect(await home.deposit.read()).toBeNull();
});

test("a deposit of another amount waits for the end of the first", async () => {
  const home = memoryHome(SESSION);
  await home.deposit.write({ idempotencyKey: "k", amount: "1000000" });
  const { account, asked } = accountOf(reply("charging"));
  await expect(fundAccount(home, account, CARD, signal)).rejects.toMatchObject({
    code: "DEPOSIT_UNFINISHED",
    message: expect.stringContaining("1.000000 TUSD"),
  });
  expect(asked).toEqual([]);
});

test.each<[string, number, string, boolean]>([
  ["a refused request charged nothing: its key is forgotten", 400, "CARD_INVALID", false],
  ["a key that is under way is kept", 409, "IDEMPOTENCY_KEY_REUSED", true],
  ["a key is kept when there were too many requests", 429, "RATE_LIMITED", true],
])("%s", async (_what, status, code, isKept) => {
  const home = memoryHome(SESSION);
  await expect(fundAccount(home, accountOf({ status, code }).account, CARD, signal)).rejects.toMatchObject({ code });
  expect((await home.deposit.read()) !== null).toBe(isKept);
});

test.each<[string, string]>([
  ["declined", "CARD_DECLINED"],
  ["failed", "DEPOSIT_FAILED"],
])("a deposit that is %s ends as %s", async (state, code) => {
  const home = memoryHome(SESSION);
  const { account } = accountOf(reply("charging"), reply(state, "why"));
  await expect(fundAccount(home, account, CARD, signal)).rejects.toMatchObject({ code });
  expect(await home.deposit.read()).toBeNull();
});
