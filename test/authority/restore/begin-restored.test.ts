import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EMPTY, nameOf } from "../../../authority/chain/mirror/contract-state.ts";
import { encodeRecord } from "../../../authority/chain/mirror/record-text.ts";
import { beginRestored } from "../../../authority/restore/begin-restored.ts";
import { createForeignWatch } from "../../../authority/restore/foreign-batches.ts";
import { settleReady } from "../../../authority/settlement/settle.ts";
import { writeRecord } from "../../../authority/store/mirror/mirror-records.ts";
import { insertLostBatch } from "../../../authority/store/restore/lost-batches.ts";
import { readRestoreState, SKIPPED_LANES } from "../../../authority/store/restore/restores.ts";
import { requestWithdrawal } from "../../../authority/withdrawals/withdrawals.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { buildBatch, encodeBatch } from "../../../protocol/contract/batch.ts";
import { decidedBatches } from "../support/bundles.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";
import { CONTENT, grantLanes, laneOf, pushVoucher } from "../support/lanes.ts";

/** A store that is older than what was done with it cannot know what it has promised since. */

const BALANCE = 5_000_000n;
/** The withdrawal delay: the allotment period and the claim period. */
const DELAY_SEC = 240;

let authority: TestAuthority;
let payer: TestSession;
let payee: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  payer = await authority.session(accountOf(1), 11);
  payee = await authority.session(accountOf(21), 21);
  authority.chain.authorize(payer.account, payer.sessionKey);
  await fund(BALANCE);
});
afterEach(() => authority.stop());

/** What the chain holds of the payer, and with it the mirror. */
async function fund(balance: bigint): Promise<void> {
  authority.chain.fund(payer.account, balance);
  const record = encodeRecord({ ...EMPTY.account, balance });
  await writeRecord(authority.context.store.db, nameOf.account(payer.account), record);
}
const copy = () => sql`update network set isCopy = 1`.execute(authority.context.store.db);
const begin = () => beginRestored(authority.context);
/** In the next second: announces that come twice in one get nothing. */
async function announce() {
  authority.now += 2;
  return grantLanes(authority, payer, [payee]);
}
const withdraw = (amount: bigint) =>
  requestWithdrawal(authority.context, payer, {
    to: accountOf(0x70),
    amount: amount.toString(),
    deadline: authority.now + 600,
    nonce: "0",
    signature: `0x${"11".repeat(65)}`,
    isNow: true,
  });
function wait(seconds: number): void {
  authority.now += seconds;
  const { chain } = authority;
  chain.confirmed = { number: chain.confirmed.number + seconds, timestamp: chain.confirmed.timestamp + seconds };
  chain.latest = { number: chain.latest.number + seconds, timestamp: chain.latest.timestamp + seconds };
}

test("after a restore money from before promises nothing for the withdrawal delay, and its lane numbers are skipped", async () => {
  await copy();
  await begin();
  expect(await announce()).toEqual([]);
  await expect(withdraw(1n)).rejects.toMatchObject({ code: "RELEASE_REFUSED", details: { free: 0n } });
  wait(DELAY_SEC);
  const [lane] = await announce();
  expect(lane?.lane).toBe(SKIPPED_LANES + 1);
});

test("after a restore money that was paid in later is free at once", async () => {
  await copy();
  await begin();
  const later = 400_000n;
  authority.chain.fund(payer.account, BALANCE + later);
  await expect(withdraw(later + 1n)).rejects.toMatchObject({ code: "RELEASE_REFUSED", details: { free: later } });
  const [lane] = await announce();
  expect(lane?.cap).toBeGreaterThan(0n);
  expect(lane?.cap).toBeLessThanOrEqual(later);
});

test("lanes that the restored store knows count once: what they reserve is held for them", async () => {
  const [lane] = await announce();
  wait(2);
  await copy();
  await begin();
  await pushVoucher(authority, { payer, payee }, lane?.lane ?? 0, 500n, false);
  expect(await laneOf(authority, payer, lane?.lane ?? 0)).toMatchObject({ amount: "500", state: "open" });
  await expect(withdraw(1n)).rejects.toMatchObject({ code: "RELEASE_REFUSED", details: { free: 0n } });
  expect(await announce()).toMatchObject([{ lane: lane?.lane }]);
});

/** Somebody else settles a lane with the operator's key, in this block. Returns its number. */
async function settleElsewhere(block: number): Promise<number> {
  const [lane] = await announce();
  if (!lane) throw new Error("no lane");
  await pushVoucher(authority, { payer, payee }, lane.lane, 500n);
  const rows = [{ ...lane, amount: 500n, signature: new Uint8Array(64) }];
  const data = encodeBatch(buildBatch({ bundleHash: `0x${"ab".repeat(32)}`, validUntil: START + 60 }, rows));
  authority.chain.readBatch = async () => bytesToHex(data);
  const { db } = authority.context.store;
  const sums = { total: "500", fee: "5", skipped: "[]" };
  await insertLostBatch(db, { number: 1, bundleHash: `0x${"ab".repeat(32)}`, block, ...sums, isRead: 0 });
  return lane.lane;
}

test("an authority that has run for the withdrawal delay knows that such a batch is none of its own: no start waits", async () => {
  const watch = createForeignWatch(authority.context);
  await watch();
  wait(DELAY_SEC + 10);
  await watch();
  const lane = await settleElsewhere(authority.chain.confirmed.number + 1);
  wait(2);
  await watch();
  expect(await laneOf(authority, payer, lane)).toMatchObject({ state: "settled", paid: "500" });
  await authority.restart();
  await begin();
  expect(await readRestoreState(authority.context.store.db)).toMatchObject({ restores: 0, knownLostBatch: 1 });
  await withdraw(1n);
});

test("a batch that somebody else sends with the operator's key pays each lane once; a start soon after only waits", async () => {
  const watch = createForeignWatch(authority.context);
  await watch();
  wait(DELAY_SEC - 1);
  const lane = await settleElsewhere(97);
  await watch();
  expect(await laneOf(authority, payer, lane)).toMatchObject({ state: "settled", paid: "500" });
  await settleReady(authority.context);
  expect(await decidedBatches(authority)).toEqual([]);

  await authority.restart();
  await begin();
  await expect(withdraw(1n)).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
  wait(DELAY_SEC);
  await withdraw(1n);
  // It is known by then.
  await authority.restart();
  await begin();
  expect(await readRestoreState(authority.context.store.db)).toMatchObject({ restores: 1, knownLostBatch: 1 });
});
