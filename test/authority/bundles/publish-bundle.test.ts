import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_WAITING } from "../../../authority/bundles/publish-bundle.ts";
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
  return settleReady(authority.context);
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

  test("names its predecessor, and tells what changed since", async () => {
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
    expect(first?.omitted).toMatchObject([{ lane: 4, reason: "WAITING" }]);
    expect(second?.header.previous).toBe(first?.name);
    expect(second?.allotments).toEqual([]);
    expect(lanesIn(second?.vouchers ?? [])).toEqual([4]);
    expect(second?.omitted).toEqual([]);
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

test("a batch that is refused before it is signed leaves nothing behind: the next bundle tells all of it again", async () => {
  await push(1, 500n);
  await push(2, 700n, false);
  await settle();
  const [failed] = await bundles();
  authority.chain.simulation = () => ({ ok: false, reason: "BatchTooLate()" });
  await confirm();
  authority.chain.simulation = () => ({ ok: true, gas: 100_000n });
  expect(await bundles()).toEqual([]);
  await settle();

  const [next, ...more] = await bundles();
  const batches = await decidedBatches(authority);
  expect(batches.map(({ bundleHash }) => bundleHash)).toEqual([failed?.name, next?.name]);
  expect(next?.header).toMatchObject({ previous: NONE, block: authority.chain.confirmed.number });
  expect([next?.vouchers, next?.allotments, next?.omitted]).toEqual([
    failed?.vouchers,
    failed?.allotments,
    failed?.omitted,
  ]);
  expect(more).toEqual([]);
});

test("a batch that failed in a block keeps its bundle in the line: after a reorganization the chain may name it", async () => {
  await push(1, 500n);
  await settle();
  await confirm(false);
  await settle();
  const [failed, next, ...more] = await bundles();
  expect(more).toEqual([]);
  expect(next?.header.previous).toBe(failed?.name);
  expect(lanesIn(next?.vouchers ?? [])).toEqual([1]);
});

test("a batch that fails after another was decided leaves its bundle, which the other's names", async () => {
  await push(1, 500n);
  await settle();
  await push(2, 700n);
  await settle();
  authority.chain.simulation = () => ({ ok: false, reason: "BatchTooLate()" });
  await confirm();
  authority.chain.simulation = () => ({ ok: true, gas: 100_000n });
  const [failed, second] = await bundles();
  expect(second).toBeUndefined();
  await settle();
  const next = (await bundles()).at(-1);
  expect(next?.header.previous).toBe(failed?.name);
  expect([next?.allotments, lanesIn(next?.vouchers ?? [])]).toEqual([[], [1, 2]]);
});

test("what changes is told once: a higher voucher, a skipped row, a claim", async () => {
  skipped.set(0, "UNCOVERED");
  await push(1, 500n);
  await push(2, 300n, false);
  await settle();
  await confirm();
  skipped.clear();
  const omittedNext = async (lane: number) => {
    await push(lane, 900n);
    await settle();
    return ((await bundles()).at(-1)?.omitted ?? []).map(({ lane: number, amount, reason }) => [
      number,
      amount,
      reason,
    ]);
  };
  await push(2, 400n, false);
  expect(await omittedNext(3)).toEqual([
    [1, "500", "SKIPPED"],
    [2, "400", "WAITING"],
  ]);
  expect(await omittedNext(4)).toEqual([]);
  expect((await bundles())[0]?.omitted).toMatchObject([{ lane: 2, amount: "300" }]);
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
  const count = MAX_WAITING + 1;
  for (let next = 5; next <= count; next += 500) {
    const numbers = Array.from({ length: Math.min(500, count - next + 1) }, (_, i) => next + i);
    await insertLanes(
      db,
      numbers.map((lane) => ({ ...row, lane })),
    );
  }
  await settle();
  await push(1, 500n);
  await settle();

  const [backlog, ofBatch] = await bundles();
  expect(backlog?.allotments).toHaveLength(MAX_WAITING);
  expect(backlog).toMatchObject({ header: { previous: NONE }, vouchers: [], omitted: [] });
  expect(lanesIn(ofBatch?.allotments ?? [])).toEqual([MAX_WAITING + 1]);
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
