import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readAccountSummary } from "../../../authority/accounts/account-summary.ts";
import { settleReady } from "../../../authority/settlement/settle.ts";
import { findBundleTip } from "../../../authority/store/tables/bundles.ts";
import { pushVouchers } from "../../../authority/vouchers/intake.ts";
import { requestWithdrawal } from "../../../authority/withdrawals/withdrawals.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { accountOf, TestAuthority, type TestSession } from "../support/context.ts";
import { settleLogs } from "../support/fake-logs.ts";
import { CONTENT, grantLanes, laneOf, pushOf, pushVoucher } from "../support/lanes.ts";

const [BALANCE, OWED] = [1_000_000n, 400n];

let authority: TestAuthority;
let payer: TestSession;
let payee: TestSession;
let lane: SignedAllotment;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  payer = await authority.session(accountOf(1), 11);
  payee = await authority.session(accountOf(21), 21);
  authority.chain.fund(payer.account, BALANCE);
  authority.chain.authorize(payer.account, payer.sessionKey);
  authority.chain.logs = (data, block) => settleLogs(data, new Map(), block);
  [lane] = (await grantLanes(authority, payer, [payee])) as [SignedAllotment];
});
afterEach(() => authority.stop());

/** The authority was down until the claim window of the lane had closed. */
function passWindow(): void {
  const timestamp = lane.expiresAt + 120;
  const { number } = authority.chain.latest;
  authority.chain.confirmed = { number, timestamp };
  authority.chain.latest = { number: number + 2, timestamp: timestamp + 2 };
  authority.now = timestamp + 2;
}

const push = (amount: bigint) => pushVoucher(authority, { payer, payee }, lane.lane, amount);
const reserved = async () => (await readAccountSummary(authority.context, payer)).reserved;
const releaseAll = (amount: bigint) =>
  requestWithdrawal(authority.context, payer, {
    to: accountOf(0x70),
    amount: amount.toString(),
    deadline: authority.now + 600,
    nonce: "0",
    signature: `0x${"11".repeat(65)}`,
    isNow: true,
  });

describe("after the claim window, the money of an unsettled voucher", () => {
  beforeEach(async () => {
    await push(OWED);
    passWindow();
  });

  test("is not released, however long ago the lane expired", async () => {
    await expect(releaseAll(BALANCE)).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: `${BALANCE - OWED} of ${BALANCE} base units can go at once; the rest is asked back already and leaves after its delay, or is owed on vouchers`,
    });
    expect(await reserved()).toBe(OWED.toString());
  });

  test("is in no batch and leaves no bundle: the lane has ended, and its money is free", async () => {
    await settleReady(authority.context);
    expect(await laneOf(authority, payer, lane.lane)).toMatchObject({ state: "skipped", reason: "EXPIRED" });
    expect(await findBundleTip(authority.context.store.db)).toBeNull();
    expect(await reserved()).toBe("0");
  });

  test("is not allotted again", async () => {
    authority.chain.fund(payer.account, 2n * OWED);
    // The end of the money goes whole, but for what is owed.
    expect(await grantLanes(authority, payer, [payee])).toMatchObject([{ cap: OWED }]);
  });
});

test("a voucher that a batch has settled in time stays reserved after the claim window, until the block that money is read at shows it paid", async () => {
  await push(OWED);
  authority.now = lane.expiresAt + 30;
  await settleReady(authority.context);
  const outbox = authority.outbox();
  await outbox.step();
  authority.chain.mine();
  passWindow();
  expect(await laneOf(authority, payer, lane.lane)).toMatchObject({ state: "settling" });
  expect(await reserved()).toBe(OWED.toString());

  await outbox.step();
  const { state, paid, paidAtBlock } = await laneOf(authority, payer, lane.lane);
  expect({ state, paid }).toEqual({ state: "settled", paid: OWED.toString() });

  const { confirmed } = authority.chain;
  authority.chain.confirmed = { ...confirmed, number: Number(paidAtBlock) - 1 };
  expect(await reserved()).toBe(OWED.toString());
  authority.chain.confirmed = { ...confirmed, number: Number(paidAtBlock) };
  expect(await reserved()).toBe("0");
});

describe("a voucher below the smallest row", () => {
  const SMALL = 9n;

  beforeEach(() => {
    const { context } = authority;
    const { config } = context;
    authority.context = { ...context, config: { ...config, params: { ...config.params, minRow: SMALL + 1n } } };
  });

  test("reserves its lane until nobody can claim it, and nothing after", async () => {
    await push(SMALL);
    authority.now = lane.expiresAt + 119;
    await settleReady(authority.context);
    expect(await laneOf(authority, payer, lane.lane)).toMatchObject({ state: "open" });
    expect(await reserved()).toBe(lane.cap.toString());

    passWindow();
    expect(await reserved()).toBe(SMALL.toString());
    await settleReady(authority.context);
    expect(await laneOf(authority, payer, lane.lane)).toMatchObject({ state: "skipped", reason: "DUST" });
    expect(await reserved()).toBe("0");
  });
});

describe("a voucher that comes after the claim window", () => {
  test("is not taken, even by an authority whose own clock has not seen the block yet", async () => {
    const { timestamp, number } = { timestamp: lane.expiresAt + 120, number: 300 };
    authority.chain.confirmed = { number, timestamp };
    await expect(push(OWED)).rejects.toThrow("EXPIRED");
  });

  test("is not taken when the window closed while the authority was checking its signature", async () => {
    const { transaction } = authority.context.store;
    const context = {
      ...authority.context,
      store: {
        ...authority.context.store,
        transaction: <T>(work: Parameters<typeof transaction<T>>[0]) => {
          passWindow();
          return transaction(work);
        },
      },
    };
    const pushed = pushOf(authority, { payer, payee }, lane.lane, OWED, true);
    expect(await pushVouchers(context, payee, { vouchers: [pushed] })).toMatchObject({
      results: [{ code: "EXPIRED" }],
    });
  });
});
