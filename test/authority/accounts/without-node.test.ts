import { afterEach, beforeEach, expect, test } from "vitest";
import { relaySession } from "../../../authority/accounts/sessions.ts";
import { createCharges } from "../../../authority/funding/charges.ts";
import { createDeposit } from "../../../authority/funding/deposits.ts";
import { createTestCards } from "../../../authority/funding/test-cards.ts";
import { requestWithdrawal } from "../../../authority/withdrawals/withdrawals.ts";
import { MAX_UINT96 } from "../../../protocol/base/units.ts";
import { hashSessionAuthorization } from "../../../protocol/signed/session.ts";
import { hashInstantWithdrawal, hashWithdrawal } from "../../../protocol/signed/withdrawal.ts";
import { keyOf, signAsWallet } from "../../../scripts/tamper/play/people.ts";
import { TestAuthority, type TestSession } from "../support/context.ts";

/** No node of the chain answers. */

const wallet = keyOf("without node");

let authority: TestAuthority;
let caller: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  caller = await authority.session(wallet.address, 11);
  authority.chain.fund(wallet.address, 1_000_000n);
  const { treasury, allowance, latest } = authority.chain;
  authority.context.funds.saw({ treasury, allowance, block: latest.number });
  for (const method of ["simulate", "readTreasury", "readAllowance"] as const) {
    authority.chain.broken.set(method, -1);
    if (method !== "simulate") authority.chain[method] = () => Promise.reject(new Error("the line is cut"));
  }
});
afterEach(() => authority.stop());

test("a deposit is charged, as far as the last look at the treasury goes", async () => {
  const charges = createCharges(authority.context, createTestCards(authority.context.store.db));
  const body = { amount: "1000", card: "4242424242424242" };
  const reply = await createDeposit(authority.context, charges, caller, "key-of-this-deposit", body);
  expect(reply.state).toBe("charged");
});

test("a session that its wallet's key has signed is taken", async () => {
  const terms = { sessionKey: caller.sessionKey, limit: MAX_UINT96, expiresAt: authority.now + 600 };
  const digest = hashSessionAuthorization(authority.context.separator, { account: wallet.address, ...terms });
  const body = { ...terms, limit: MAX_UINT96.toString(), signature: signAsWallet(wallet, digest) };
  expect(await relaySession(authority.context, caller, body)).toMatchObject({ state: "pending" });
});

test.each([true, false])("a withdrawal that its wallet's key has signed is taken (at once: %s)", async (isNow) => {
  const terms = { to: wallet.address, amount: 1_000n, deadline: authority.now + 600, nonce: 0n };
  const hash = isNow ? hashInstantWithdrawal : hashWithdrawal;
  const digest = hash(authority.context.separator, { account: wallet.address, ...terms });
  const signature = signAsWallet(wallet, digest);
  const body = { ...terms, amount: "1000", nonce: "0", signature, ...(isNow ? { isNow } : {}) };
  const { state } = await requestWithdrawal(authority.context, caller, body);
  expect(state).toBe(isNow ? "releasing" : "requesting");
});
