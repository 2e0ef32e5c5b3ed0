import { afterEach, beforeEach, expect, test } from "vitest";
import { readSession, relaySession } from "../../../authority/accounts/sessions.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";

let authority: TestAuthority;
let caller: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  caller = await authority.session(accountOf(1), 11);
  authority.chain.fund(caller.account, 1n);
});
afterEach(() => authority.stop());

const relay = () =>
  relaySession(authority.context, caller, {
    sessionKey: caller.sessionKey,
    limit: "5",
    expiresAt: START + 600,
    signature: `0x${"11".repeat(65)}`,
  });
const read = () => readSession(authority.context, caller, caller.sessionKey);

/** What the store holds of the one relay. */
const stored = async () =>
  (await authority.context.store.db.selectFrom("relays").select("state").executeTakeFirstOrThrow()).state;

async function confirm(isSuccess: boolean): Promise<void> {
  await authority.outbox().step();
  authority.chain.mine(isSuccess);
  for (let block = 0; block < 3; block++) authority.chain.mine();
  await authority.outbox().step();
}

test("a relayed session is pending, and active as soon as the confirmed block shows it", async () => {
  expect(await relay()).toMatchObject({ state: "pending", limit: "0", expiresAt: 0 });
  authority.chain.authorize(caller.account, caller.sessionKey, 5n);
  expect(await read()).toMatchObject({ state: "active", limit: "5" });
  expect(await stored()).toBe("pending");
  await confirm(true);
  expect(await read()).toMatchObject({ state: "active" });
  expect(await stored()).toBe("relayed");
});

test("a session whose transaction reverts has failed, and stays so when it is requested again", async () => {
  await relay();
  await confirm(false);
  expect(await read()).toMatchObject({ state: "failed", txHash: expect.stringMatching(/^0x/) });
  expect(await relay()).toMatchObject({ state: "failed" });
  expect(await stored()).toBe("failed");
});

test("a session whose transaction reverts is active all the same when someone else has relayed it", async () => {
  await relay();
  await confirm(false);
  authority.chain.authorize(caller.account, caller.sessionKey, 5n);
  expect(await read()).toMatchObject({ state: "active" });
});
