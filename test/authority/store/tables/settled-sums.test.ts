import { afterEach, beforeEach, expect, test } from "vitest";
import { settleReady } from "../../../../authority/settlement/settle.ts";
import { listSettledPairs } from "../../../../authority/store/tables/settled-sums.ts";
import type { SignedAllotment } from "../../../../protocol/signed/allotment.ts";
import { accountOf, killAtEveryQuery, PIECE, TestAuthority, type TestSession } from "../../support/context.ts";
import { type SkipReason, settleLogs } from "../../support/fake-logs.ts";
import { CONTENT, grantLanes, pushVoucher } from "../../support/lanes.ts";

const OTHER = "cd".repeat(20);
const PAID = 19_000n;

let authority: TestAuthority;
let payer: TestSession;
let payees: TestSession[];
let lanes: SignedAllotment[];
let skipped: Map<number, SkipReason>;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  await authority.publish(OTHER);
  payer = await authority.session(accountOf(1), 11);
  payees = await Promise.all([21, 22, 23, 24].map((device) => authority.session(accountOf(device), device)));
  authority.chain.fund(payer.account, 5_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  skipped = new Map();
  authority.chain.logs = (data, block) => settleLogs(data, skipped, block);
  lanes = await grantLanes(authority, payer, payees);
  for (const lane of lanes) {
    const payee = payees.find(({ account }) => account === lane.payee) as TestSession;
    await pushVoucher(authority, { payer, payee }, lane.lane, PAID);
  }
  authority.now += 7;
});
afterEach(() => authority.stop());

const mine = (): void => {
  for (let block = 0; block < 3; block++) authority.chain.mine();
};

async function settle(): Promise<void> {
  await settleReady(authority.context);
  await authority.outbox().step();
  mine();
  await authority.outbox().step();
}

const pairs = async () =>
  (await listSettledPairs(authority.context.store.db, payer.account)).toSorted((a, b) => (a.payee < b.payee ? -1 : 1));
const creditOnOther = async (payee: TestSession): Promise<number> => {
  authority.now += 1;
  const [lane] = await grantLanes(authority, payer, [payee], OTHER);
  return (lane?.credit ?? 0) / PIECE;
};

test("what batches have settled to four payees gives credit on the next content", async () => {
  await settle();
  expect(await pairs()).toEqual(payees.map(({ account }) => ({ payee: account, amount: PAID, back: 0n })));
  // Two payees count, 38,000. An eighth of it buys 38 pieces beside the 125 of every account. Three
  // quarters of these go to one payee.
  expect(await creditOnOther(payees[0] as TestSession)).toBe(122);
});

test("what is not settled yet gives none", async () => {
  await settleReady(authority.context);
  expect(await creditOnOther(payees[0] as TestSession)).toBe(93);
});

test("rows that were skipped do not count", async () => {
  skipped = new Map([0, 1, 2].map((row) => [row, "UNCOVERED"]));
  await settle();
  expect((await pairs()).map(({ amount }) => amount)).toEqual([PAID]);
});

test("what a payee has settled back is seen beside it", async () => {
  await settle();
  const [back] = payees as [TestSession];
  authority.chain.fund(back.account, 5_000_000n);
  authority.chain.authorize(back.account, back.sessionKey);
  const [lane] = (await grantLanes(authority, back, [payer])) as [SignedAllotment];
  await pushVoucher(authority, { payer: back, payee: payer }, lane.lane, 600n);
  authority.now += 7;
  await settle();
  expect((await pairs())[0]).toEqual({ payee: back.account, amount: PAID, back: 600n });
});

test("a batch counts once, wherever the authority is killed", async () => {
  await settleReady(authority.context);
  await authority.outbox().step();
  mine();
  const kills = await killAtEveryQuery(
    authority,
    () => authority.outbox().step(),
    async () => {
      const amounts = (await pairs()).map(({ amount }) => amount);
      expect([[], [PAID, PAID, PAID, PAID]]).toContainEqual(amounts);
    },
  );
  expect(kills).toBeGreaterThan(10);
  expect((await pairs()).map(({ amount }) => amount)).toEqual([PAID, PAID, PAID, PAID]);
});
