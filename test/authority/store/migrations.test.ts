import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { relaySession } from "../../../authority/accounts/sessions.ts";
import { readDeposit } from "../../../authority/funding/deposits.ts";
import { settleReady } from "../../../authority/settlement/settle.ts";
import { takeStatement } from "../../../authority/statements/statements.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";
import { settleLogs } from "../support/fake-logs.ts";
import { grantLanes, pushVoucher, statementOf } from "../support/lanes.ts";
import { reopenBefore } from "../support/old-store.ts";

const CONTENTS = ["ab", "cd", "ef"].map((byte) => byte.repeat(20));

let authority: TestAuthority;
beforeEach(async () => {
  authority = await new TestAuthority().start();
});
afterEach(() => authority.stop());

describe("a batch that an older version has sent", () => {
  let payers: TestSession[];
  let payees: TestSession[];

  beforeEach(async () => {
    payees = [];
    for (const device of [21, 22, 23]) payees.push(await authority.session(accountOf(device), device));
    // Two accounts, one of them with two sessions. Neither comes in the order of addresses.
    payers = [];
    for (const [device, account] of [9, 1, 9].entries())
      payers.push(await authority.session(accountOf(account), 13 - device));
    authority.chain.logs = (data, block) => settleLogs(data, new Map(), block);
  });

  /**
   * Each payer promises something to each payee, and signs the first and third lane together if
   * `isStated`.
   */
  async function promise(isStated: boolean): Promise<void> {
    for (const [i, payer] of payers.entries()) {
      await authority.publish(CONTENTS[i] as string);
      authority.chain.fund(payer.account, 50_000_000n);
      authority.chain.authorize(payer.account, payer.sessionKey);
      const lanes = [];
      for (const { payee: account, lane } of await grantLanes(authority, payer, payees, CONTENTS[i])) {
        const payee = payees.find((one) => one.account === account) as TestSession;
        const amount = 100n + BigInt(lane);
        await pushVoucher(authority, { payer, payee }, lane, amount);
        lanes.push({ payee: account, lane, amount });
      }
      if (!isStated) continue;
      for (const signed of [lanes.filter((_, row) => row !== 1), lanes.slice(1, 2)])
        await takeStatement(authority.context, payer, statementOf(authority, payer, signed));
    }
  }

  const rows = () =>
    authority.context.store.db
      .selectFrom("lanes")
      .select(["sequence", "batchId", "batchRow"])
      .orderBy("batchRow")
      .execute();

  test.each([
    ["of vouchers", false],
    ["of statements", true],
  ])("%s gets its rows back, and is settled", async (_name, isStated) => {
    await promise(isStated);
    authority.now += 7;
    await settleReady(authority.context);
    const before = await rows();
    expect(before.map(({ batchId, batchRow }) => [batchId, batchRow])).toEqual(
      Array.from({ length: 9 }, (_, row) => [1, row]),
    );

    await reopenBefore(authority, "0005-outcomes");
    expect(await rows()).toEqual(before);
    await authority.outbox().step();
    for (let block = 0; block < 3; block++) authority.chain.mine();
    await authority.outbox().step();
    const lanes = await authority.context.store.db.selectFrom("lanes").select(["state", "amount", "paid"]).execute();
    for (const { state, amount, paid } of lanes) expect([state, paid]).toEqual(["settled", amount]);
  });
});

test.each([
  ["final", null, { state: "credited", reason: null }],
  ["failed", "Paused()", { state: "refunding", reason: "charged, but not credited: Paused()" }],
  ["seen", null, { state: "sent", reason: null }],
  ["stored", null, { state: "charged", reason: null }],
])("a deposit whose transaction an older version left %s is told as before", async (state, reason, expected) => {
  const caller = await authority.session(accountOf(1), 11);
  await reopenBefore(
    authority,
    "0005-outcomes",
    `insert into deposits values ('d', '${caller.account}', 'key', '', '100', 'charged', null, ${START});
    insert into transactions (actionId, kind, recipient, data, state, reason)
      values ('fund:d', 'fund', '0x', '0x', '${state}', ${reason === null ? "null" : `'${reason}'`})`,
  );
  expect(await readDeposit(authority.context, caller, "d")).toMatchObject(expected);
});

test.each([
  ["final", "relayed"],
  ["failed", "failed"],
  ["sent", "pending"],
])("a relay whose transaction an older version left %s is %s", async (state, expected) => {
  const caller = await authority.session(accountOf(1), 11);
  authority.chain.fund(caller.account, 1n);
  const body = { sessionKey: caller.sessionKey, limit: "5", expiresAt: START + 600, signature: `0x${"11".repeat(65)}` };
  await relaySession(authority.context, caller, body);
  await reopenBefore(authority, "0005-outcomes", `update transactions set state = '${state}'`);
  expect(await authority.context.store.db.selectFrom("relays").select("state").execute()).toEqual([
    { state: expected },
  ]);
});
