import { afterEach, beforeEach, expect, test } from "vitest";
import { readAccountSummary } from "../../authority/accounts/account-summary.ts";
import { createRetention } from "../../authority/retention.ts";
import { settleReady } from "../../authority/settlement/settle.ts";
import { listLanesOfAccount } from "../../authority/store/tables/account-lanes.ts";
import { insertSession } from "../../authority/store/tables/sessions.ts";
import { insertGasUse } from "../../authority/store/tables/transactions.ts";
import { pushVouchers } from "../../authority/vouchers/intake.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import { allotmentToJson } from "../../protocol/signed/allotment-json.ts";
import { storedBundles } from "./support/bundles.ts";
import { accountOf, TestAuthority, type TestSession } from "./support/context.ts";
import { settleLogs } from "./support/fake-logs.ts";
import { CONTENT, grantLanes, pushOf, pushVoucher } from "./support/lanes.ts";

const KEEP_SEC = 90 * 86_400;
/** The ends of the allotment period and of the claim period. */
const DELAY_SEC = 240;

let authority: TestAuthority;
let payer: TestSession;
let payee: TestSession;
let lane: SignedAllotment;
let retain: () => Promise<void>;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  payer = await authority.session(accountOf(1), 11);
  payee = await authority.session(accountOf(21), 21);
  authority.chain.fund(payer.account, 5_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  authority.chain.logs = (data, block) => settleLogs(data, new Map(), block);
  [lane] = (await grantLanes(authority, payer, [payee])) as [SignedAllotment];
  retain = createRetention(authority.context);
});
afterEach(() => authority.stop());

const push = (amount: bigint) => pushVoucher(authority, { payer, payee }, lane.lane, amount);
/** Of the payer's account. */
const lanes = async () =>
  (await listLanesOfAccount(authority.context.store.db, payer.account, Number.MAX_SAFE_INTEGER, 9)).map(
    ({ lane: number }) => number,
  );
async function settle(): Promise<void> {
  authority.now += 7;
  await settleReady(authority.context);
  const outbox = authority.outbox();
  await outbox.step();
  for (let block = 0; block < 4; block++) authority.chain.mine();
  await outbox.step();
}
function wait(seconds: number): void {
  authority.now += seconds;
  const { chain } = authority;
  chain.confirmed = { number: chain.confirmed.number + seconds, timestamp: chain.confirmed.timestamp + seconds };
  chain.latest = { number: chain.latest.number + seconds, timestamp: chain.latest.timestamp + seconds };
}
const moneyOf = async (session: TestSession) => {
  const { earned, fees, paid, unsettled, owing } = await readAccountSummary(authority.context, session);
  return { earned, fees, paid, unsettled, owing };
};

test("a settled lane is forgotten in time; its account keeps its sums, and the audit its bundles", async () => {
  await insertGasUse(authority.context.store.db, {
    actionId: "fund:1",
    account: payer.account,
    gas: 100_000,
    createdAt: authority.now,
  });
  await push(10_000n);
  expect(await moneyOf(payer)).toMatchObject({ paid: "0", owing: "10000" });
  await settle();
  expect(await moneyOf(payer)).toMatchObject({ paid: "10000", owing: "0" });
  const [money, bundles] = [
    await Promise.all([payer, payee].map(moneyOf)),
    await storedBundles(authority.context.store.db),
  ];
  expect(money).toMatchObject([{ paid: "10000" }, { earned: "9900", fees: "100" }]);
  wait(KEEP_SEC + DELAY_SEC);
  await retain();
  expect(await lanes()).toEqual([lane.lane]);
  wait(2 * 3_600);
  await retain();
  expect(await lanes()).toEqual([]);
  expect(await Promise.all([payer, payee].map(moneyOf))).toEqual(money);
  expect(await storedBundles(authority.context.store.db)).toEqual(bundles);
  // Sessions, requests and uses of gas have gone, too; the next login registers the device again.
  for (const table of ["sessions", "requests", "gasUses"] as const)
    expect(await authority.context.store.db.selectFrom(table).selectAll().execute()).toEqual([]);
});

test("nothing is settled on a forgotten lane, though its payee brings allotment and voucher", async () => {
  await push(10_000n);
  await settle();
  wait(KEEP_SEC + DELAY_SEC + 3_600);
  await retain();
  const pushed = { ...pushOf(authority, { payer, payee }, lane.lane, 20_000n, true), allotment: allotmentToJson(lane) };
  expect((await pushVouchers(authority.context, payee, { vouchers: [pushed] })).results).toEqual([
    { payer: payer.account, lane: lane.lane, code: "EXPIRED" },
  ]);
  expect(await lanes()).toEqual([]);
  // No number is given out twice.
  const again = await authority.session(payee.account, 21);
  await authority.session(payer.account, 11);
  authority.chain.sessions.clear();
  authority.chain.authorize(payer.account, payer.sessionKey);
  const [session] = [...authority.chain.sessions.keys()];
  authority.chain.sessions.set(session ?? "", {
    limit: 5_000_000n,
    spent: 0n,
    expiresAt: authority.now + 3_600,
    isRevoked: false,
  });
  expect(await grantLanes(authority, payer, [again])).toMatchObject([{ lane: lane.lane + 1 }]);
});

test("a lane that no bundle tells of, or that waits for its payment, stays", async () => {
  wait(KEEP_SEC + DELAY_SEC + 3_600);
  await retain();
  expect(await lanes()).toEqual([lane.lane]);
});

test("a lane whose voucher was not settled stays, until a bundle tells why", async () => {
  await push(10_000n);
  wait(KEEP_SEC + DELAY_SEC + 3_600);
  await retain();
  expect(await lanes()).toEqual([lane.lane]);
  expect(await moneyOf(payee)).toMatchObject({ unsettled: "10000", owing: "0" });
  expect(await moneyOf(payer)).toMatchObject({ unsettled: "0", owing: "10000" });
});

test("a session that logs in stays", async () => {
  wait(KEEP_SEC + DELAY_SEC);
  const { sessionKey, publicKey } = payee;

  const { db } = authority.context.store;
  await insertSession(db, { account: payee.account, sessionKey, publicKey, createdAt: authority.now });
  wait(2 * 3_600);
  await retain();
  expect(await db.selectFrom("sessions").select("sessionKey").execute()).toEqual([{ sessionKey }]);
});
