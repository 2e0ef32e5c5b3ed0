import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_WAITING_ALLOTMENTS } from "../../../authority/bundles/publish-bundle.ts";
import { settleReady } from "../../../authority/settlement/settle.ts";
import { takeStatement } from "../../../authority/statements/statements.ts";
import { insertLanes } from "../../../authority/store/tables/lanes.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { allotmentToJson } from "../../../protocol/signed/allotment-json.ts";
import { decidedBatches, lanesIn, storedBundles } from "../support/bundles.ts";
import { accountOf, killAtEveryQuery, TestAuthority, type TestSession } from "../support/context.ts";
import { START } from "../support/fake-chain.ts";
import { type SkipReason, settleLogs } from "../support/fake-logs.ts";
import { CONTENT, grantLanes, laneOf, pushVoucher, statementOf } from "../support/lanes.ts";
import { reopenBefore } from "../support/old-store.ts";

const NONE = `0x${"0".repeat(64)}`;

let authority: TestAuthority;
let payer: TestSession;
let payees: TestSession[];
let lanes: SignedAllotment[];
let skipped: Map<number, SkipReason>;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  payer = await authority.session(accountOf(1), 11);
  payees = [];
  for (const device of [21, 22, 23, 24]) payees.push(await authority.session(accountOf(device), device));
  authority.chain.fund(payer.account, 5_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  skipped = new Map();
  authority.chain.logs = (data, block) => settleLogs(data, skipped, block);
  lanes = await grantLanes(authority, payer, payees);
});
afterEach(() => authority.stop());

const payeeOf = (lane: number): TestSession =>
  payees.find(({ account }) => account === lanes[lane - 1]?.payee) as TestSession;
const push = (lane: number, amount: bigint, final = true): Promise<void> =>
  pushVoucher(authority, { payer, payee: payeeOf(lane) }, lane, amount, final);
const settle = () => {
  // No peer has been heard of for so long: no statement is waited for.
  authority.now += 7;
  return settleReady(authority.context, { isForced: true });
};
const bundles = () => storedBundles(authority.context.store.db);
const sign = (...amounts: readonly (readonly [lane: number, amount: bigint])[]) => {
  const signed = amounts.map(([lane, amount]) => ({ payee: payeeOf(lane).account, lane, amount }));
  return takeStatement(authority.context, payer, statementOf(authority, payer, signed));
};

/** Makes what is in the outbox final, or lets it fail as a whole. */
async function confirm(isSuccess = true): Promise<void> {
  const outbox = authority.outbox();
  await outbox.step();
  authority.chain.mine(isSuccess);
  for (let block = 0; block < 3; block++) authority.chain.mine();
  await outbox.step();
}

describe("the bundle of a batch", () => {
  test("is what its bundleHash names, with every allotment, the batch's vouchers, and why others are not in it", async () => {
    await push(1, 500n);
    authority.now += 3;
    await push(2, 700n);
    await push(3, 900n, false);
    await settle();

    const [bundle] = await bundles();
    const [batch] = await decidedBatches(authority);
    const rows = batch?.groups.flatMap((group) => group.rows);
    expect(batch?.bundleHash).toBe(bundle?.name);
    expect(bundle?.header).toEqual({
      kind: "bundle",
      version: 1,
      chainId: 31_337,
      contract: `0x${"c0".repeat(20)}`,
      previous: NONE,
      block: 98,
      time: START - 2,
    });
    expect(bundle?.allotments).toEqual(
      lanes.map((lane) => ({
        kind: "allotment",
        ...allotmentToJson(lane),
        issuedAtBlock: 98,
        issuedAt: START - 2,
      })),
    );
    const signatures = rows?.map(({ signature }) => `0x${Buffer.from(signature ?? []).toString("hex")}`);
    const from = { kind: "voucher", payer: payer.account };
    expect(bundle?.vouchers).toEqual([
      { ...from, lane: 1, amount: "500", signature: signatures?.[0], receivedAt: START },
      { ...from, lane: 2, amount: "700", signature: signatures?.[1], receivedAt: START + 3 },
    ]);
    const { voucherSignature: signature } = await laneOf(authority, payer, 3);
    expect(bundle?.omitted).toEqual([
      {
        kind: "omitted",
        payer: payer.account,
        lane: 3,
        amount: "900",
        signature,
        receivedAt: START + 3,
        reason: "WAITING",
      },
    ]);
    expect(bundle?.statements).toEqual([]);
  });

  test("of statements holds them, and the vouchers behind them", async () => {
    await push(1, 500n);
    await push(2, 700n);
    await sign([1, 500n], [2, 700n]);
    await settle();

    const [bundle] = await bundles();
    const [batch] = await decidedBatches(authority);
    const { signature } = statementOf(authority, payer, [
      { payee: payeeOf(1).account, lane: 1, amount: 500n },
      { payee: payeeOf(2).account, lane: 2, amount: 700n },
    ]);
    expect(batch).toMatchObject({ kind: "statements", bundleHash: bundle?.name });
    expect(bundle?.statements).toEqual([
      { kind: "statement", payer: payer.account, sessionKey: payer.sessionKey, signature, lanes: [1, 2] },
    ]);
    expect(bundle?.vouchers).toMatchObject([
      { lane: 1, amount: "500" },
      { lane: 2, amount: "700" },
    ]);
  });

  test("names its predecessor, and lists the lanes of the other batches of the same moment", async () => {
    for (const lane of [1, 2, 3]) await push(lane, 500n);
    await sign([1, 500n], [2, 500n], [3, 500n]);
    await push(4, 900n);
    await settle();

    const [first, second] = await bundles();
    const batches = await decidedBatches(authority);
    expect(batches.map(({ kind, bundleHash }) => [kind, bundleHash])).toEqual([
      ["statements", first?.name],
      ["vouchers", second?.name],
    ]);
    expect(first?.omitted).toMatchObject([{ lane: 4, reason: "SETTLING" }]);
    expect(second?.header.previous).toBe(first?.name);
    expect(second?.allotments).toEqual([]);
    expect(lanesIn(second?.vouchers ?? [])).toEqual([4]);
    expect(second?.omitted).toMatchObject([1, 2, 3].map((lane) => ({ lane, reason: "SETTLING" })));
  });

  test("holds only what was issued since, and no lane that is settled for good", async () => {
    await push(1, 500n);
    await settle();
    await confirm();
    const newcomer = await authority.session(accountOf(25), 25);
    await grantLanes(authority, payer, [newcomer]);
    const issuedAt = authority.chain.confirmed.timestamp;
    await push(2, 700n);
    await settle();

    const [first, second] = await bundles();
    expect(lanesIn(first?.allotments ?? [])).toEqual([1, 2, 3, 4]);
    expect(second).toMatchObject({ header: { previous: first?.name }, omitted: [] });
    expect(second?.allotments).toMatchObject([{ lane: 5, payee: newcomer.account, issuedAtBlock: 102, issuedAt }]);
    expect(lanesIn(second?.vouchers ?? [])).toEqual([2]);
  });
});

test("a batch that failed leaves its bundle, which the next one names and whose vouchers it lists again", async () => {
  await push(1, 500n);
  await settle();
  await confirm(false);
  await settle();

  const [failed, next] = await bundles();
  const batches = await decidedBatches(authority);
  expect(batches.map(({ bundleHash }) => bundleHash)).toEqual([failed?.name, next?.name]);
  expect(next?.header).toMatchObject({ previous: failed?.name, block: authority.chain.confirmed.number });
  expect(next?.vouchers).toEqual(failed?.vouchers);
  expect(next?.allotments).toEqual([]);
});

test("a skipped row is listed until its claim window was closed at a batch, and once after", async () => {
  skipped.set(0, "UNCOVERED");
  await push(1, 500n);
  await settle();
  await confirm();
  skipped.clear();
  const { expiresAt } = await laneOf(authority, payer, 1);
  for (const lane of [2, 3, 4]) await push(lane, 700n, false);

  const settledAt = async (lane: number, timestamp: number) => {
    await push(lane, 700n);
    authority.chain.confirmed = { number: 200 + lane, timestamp };
    await settle();
    const omitted = (await bundles()).at(-1)?.omitted ?? [];
    return omitted.filter(({ reason }) => reason === "SKIPPED");
  };
  const told = [expect.objectContaining({ lane: 1, amount: "500", reason: "SKIPPED" })];
  expect(await settledAt(2, expiresAt + 119)).toEqual(told);
  expect(await settledAt(3, expiresAt + 120)).toEqual(told);
  expect(await settledAt(4, expiresAt + 121)).toEqual([]);
});

test("a kill at any query of settling leaves batch and bundle, or neither", async () => {
  await push(1, 500n);
  await push(2, 700n);
  await sign([1, 500n], [2, 700n]);
  await push(3, 900n);
  const check = async (): Promise<void> => {
    const names = (await bundles()).map(({ name }) => name);
    expect((await decidedBatches(authority)).map(({ bundleHash }) => bundleHash)).toEqual(names);
  };
  expect(await killAtEveryQuery(authority, settle, check)).toBeGreaterThan(20);
  await check();
  expect(await bundles()).toHaveLength(2);
});

test("many allotments without a batch get bundles of their own first, each allotment once", async () => {
  const { db } = authority.context.store;
  const { sequence: _, ...row } = await laneOf(authority, payer, 4);
  const count = MAX_WAITING_ALLOTMENTS + 1;
  for (let next = 5; next <= count; next += 500) {
    const numbers = Array.from({ length: Math.min(500, count - next + 1) }, (_, i) => next + i);
    await insertLanes(
      db,
      payer.account,
      numbers.map((lane) => ({ ...row, lane })),
    );
  }
  await settle();
  await push(1, 500n);
  await settle();

  const [backlog, ofBatch] = await bundles();
  expect(backlog?.allotments).toHaveLength(20_000);
  expect(backlog).toMatchObject({ header: { previous: NONE }, vouchers: [], omitted: [] });
  expect(lanesIn(ofBatch?.allotments ?? [])).toEqual([20_001]);
  expect(ofBatch?.header.previous).toBe(backlog?.name);
  expect(await decidedBatches(authority)).toMatchObject([{ bundleHash: ofBatch?.name }]);
});

test("lanes of a store from before there were bundles are in the first bundle, without the block of their issue", async () => {
  await push(1, 500n);
  await reopenBefore(authority, "0004-bundles");
  await settle();

  const [bundle] = await bundles();
  const known = { issuedAtBlock: 0, issuedAt: 0 };
  expect(bundle?.allotments).toMatchObject([1, 2, 3, 4].map((lane) => ({ lane, ...known })));
  expect(lanesIn(bundle?.vouchers ?? [])).toEqual([1]);
});
