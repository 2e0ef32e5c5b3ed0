import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { relaySession } from "../../authority/accounts/sessions.ts";
import type { Params } from "../../authority/config.ts";
import { createCharges } from "../../authority/funding/charges.ts";
import { createDeposit } from "../../authority/funding/deposits.ts";
import { createTestCards } from "../../authority/funding/test-cards.ts";
import { requestWithdrawal } from "../../authority/withdrawals/withdrawals.ts";
import { accountOf, TestAuthority, type TestSession } from "./support/context.ts";

const CARD = "4242424242424242";
const SIGNATURE = `0x${"11".repeat(65)}`;
const BALANCE = 1_000n;

let authority: TestAuthority;
let customer: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  customer = await authority.session(accountOf(1), 11);
  authority.chain.fund(customer.account, BALANCE);
});
afterEach(() => authority.stop());

function set(params: Partial<Params>): void {
  const { context } = authority;
  authority.context = {
    ...context,
    config: { ...context.config, params: { ...context.config.params, ...params } },
  };
}

const deposit = (key: string, amount = "100", caller = customer) => {
  const charges = createCharges(authority.context, createTestCards(authority.context.store.db));
  return createDeposit(authority.context, charges, caller, key, { amount, card: CARD });
};
const authorize = (limit: string) => {
  const { sessionKey } = customer;
  const expiresAt = authority.now + 600;
  return relaySession(authority.context, customer, { sessionKey, limit, expiresAt, signature: SIGNATURE });
};
const withdraw = (nonce: string, amount: string, isNow?: true) =>
  requestWithdrawal(authority.context, customer, {
    to: accountOf(9),
    amount,
    deadline: authority.now + 600,
    nonce,
    signature: SIGNATURE,
    ...(isNow ? { isNow } : {}),
  });
const counted = async (table: "transactions" | "deposits" | "cardCharges"): Promise<number> =>
  (await authority.context.store.db.selectFrom(table).selectAll().execute()).length;

describe("an account's gas of the day", () => {
  test("is one sum for deposits, sessions and withdrawals; beyond it nothing is charged or stored", async () => {
    set({ gasPerAccountPerDay: 390_000 });
    await deposit("deposit-1");
    await authorize("1");
    await withdraw("0", "10");
    const before = [await counted("transactions"), await counted("deposits"), await counted("cardCharges")];
    const refusal = { code: "RATE_LIMITED", details: { retryAfterSec: 86_400 } };

    await expect(deposit("deposit-2")).rejects.toMatchObject(refusal);
    await expect(authorize("2")).rejects.toMatchObject(refusal);
    await expect(withdraw("2", "10")).rejects.toMatchObject(refusal);
    await expect(withdraw("2", "10", true)).rejects.toMatchObject(refusal);

    expect([await counted("transactions"), await counted("deposits"), await counted("cardCharges")]).toEqual(before);
    // It is nobody else's, and comes back after a day.
    const other = await authority.session(accountOf(2), 12);
    expect(await deposit("deposit-3", "100", other)).toMatchObject({ state: "charged" });
    authority.now += 86_400;
    expect(await deposit("deposit-2")).toMatchObject({ state: "charged" });
  });

  test("pays once for what is asked for twice", async () => {
    set({ gasPerAccountPerDay: 220_000 });
    const first = await deposit("deposit-1");
    expect(await deposit("deposit-1")).toEqual(first);
    const session = await authorize("1");
    expect(await authorize("1")).toEqual(session);
    await expect(authorize("2")).rejects.toMatchObject({ code: "RATE_LIMITED" });
  });
});

test("an instant withdrawal takes of the same gas", async () => {
  set({ gasPerAccountPerDay: 229_999 });
  expect(await withdraw("0", "10", true)).toMatchObject({ state: "releasing" });
  await expect(deposit("deposit-1")).rejects.toMatchObject({ code: "RATE_LIMITED" });
});

describe("the smallest", () => {
  test("deposit is taken, and one below it refused before the card is charged", async () => {
    set({ minDeposit: 100n });
    await expect(deposit("deposit-1", "99")).rejects.toMatchObject({ code: "AMOUNT_INVALID" });
    expect(await counted("cardCharges")).toBe(0);
    expect(await deposit("deposit-1", "100")).toMatchObject({ state: "charged" });
  });

  test("withdrawal is relayed, and one below it only when it is all that there is", async () => {
    set({ minWithdrawal: BALANCE + 1n });
    await expect(withdraw("0", (BALANCE - 1n).toString())).rejects.toMatchObject({ code: "AMOUNT_INVALID" });
    expect(await withdraw("0", BALANCE.toString())).toMatchObject({ state: "requesting" });
    set({ minWithdrawal: 100n });
    expect(await withdraw("1", "100")).toMatchObject({ state: "requesting" });
  });
});
