import { decodeFunctionData } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Charges, createCharges } from "../../../authority/funding/charges.ts";
import { createDeposit, readDeposit } from "../../../authority/funding/deposits.ts";
import { createTestCards } from "../../../authority/funding/test-cards.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";
import { accountOf, killAtEveryQuery, TestAuthority, type TestSession } from "../support/context.ts";

const PAYS = "4242424242424242";
const LOST = "4000000000000119";
const REFUND_REFUSED = "4000000000005126";
const REFUND_LOST = "4000000000007726";

let authority: TestAuthority;
let caller: TestSession;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  caller = await authority.session(accountOf(1), 11);
});
afterEach(() => authority.stop());

const charges = (): Charges => createCharges(authority.context, createTestCards(authority.context.store.db));
const deposit = (card: string, { key = "deposit-1", amount = "100", from = charges() } = {}) =>
  createDeposit(authority.context, from, caller, key, { amount, card });
const refuse = (reason: string | null): void => {
  authority.chain.simulation = () => (reason === null ? { ok: true, gas: 100_000n } : { ok: false, reason });
};

async function confirm(isSuccess = true): Promise<void> {
  await authority.outbox().step();
  authority.chain.mine(isSuccess);
  for (let block = 0; block < 3; block++) authority.chain.mine();
  await authority.outbox().step();
}

/** What the store holds of the one deposit. */
const stored = () =>
  authority.context.store.db.selectFrom("deposits").select(["state", "reason"]).executeTakeFirstOrThrow();
const charged = () => authority.context.store.db.selectFrom("cardCharges").select(["outcome", "refund"]).execute();
/** Of a `depositFor`. */
const depositIdIn = (data: Hex): Hex => {
  const { args } = decodeFunctionData({ abi: floodgateAbi, data });
  return args?.[2] as Hex;
};
const CREDITED = { state: "credited", reason: null };

describe("a deposit", () => {
  test("is charged, sent, and credited once its transaction is confirmed", async () => {
    const { id, state, txHash } = await deposit(PAYS);
    expect({ state, txHash }).toEqual({ state: "charged", txHash: null });

    await authority.outbox().step();
    expect(await readDeposit(authority.context, caller, id)).toMatchObject({ state: "sent", reason: null });
    expect(await stored()).toMatchObject({ state: "charged" });

    await confirm();
    expect(await readDeposit(authority.context, caller, id)).toMatchObject({ ...CREDITED, amount: "100" });
    expect(await readDeposit(authority.context, caller, "deposit-1")).toMatchObject({ id });
    expect(await stored()).toEqual(CREDITED);
  });

  test("is charged and credited, although a round looks for its charge before the request has begun it", async () => {
    const from = charges();
    const { context } = authority;
    const transaction: typeof context.store.transaction = async (work) => {
      const result = await context.store.transaction(work);
      await from.finish();
      return result;
    };
    const slow = { ...context, store: { ...context.store, transaction } };
    await createDeposit(slow, from, caller, "deposit-1", { amount: "100", card: PAYS });
    await confirm();
    expect(await stored()).toEqual(CREDITED);
  });

  test("whose charge had no answer is funded when the card network tells, once, wherever the process is killed", async () => {
    expect(await deposit(LOST)).toMatchObject({ state: "charging" });
    await killAtEveryQuery(
      authority,
      () => charges().finish(),
      async () => expect(["charging", "charged"]).toContain((await stored()).state),
    );
    for (let round = 0; round < 2; round++) await confirm();
    expect(await stored()).toEqual(CREDITED);
    expect(authority.chain.done).toHaveLength(1);
  });

  test("killed at any query of its request is credited, or its card was never charged", async () => {
    await killAtEveryQuery(
      authority,
      () => deposit(PAYS),
      async () => charges().finish(),
    );
    await confirm();
    const [{ state }, cards] = [await stored(), await charged()];
    expect([state, cards.length]).toEqual(state === "credited" ? ["credited", 1] : ["failed", 0]);
  });
});

describe("nobody is charged for a deposit that cannot be credited:", () => {
  const nothingCharged = async (code: string, amount = "100") => {
    await expect(deposit(PAYS, { key: `refused-${code}`, amount })).rejects.toMatchObject({ code });
    expect((await charged()).length).toBe(0);
  };

  test.each<[string, string, () => void]>([
    ["the contract is paused", "DEPOSITS_PAUSED", () => refuse("EnforcedPause()")],
    ["the treasury is too small", "TREASURY_EMPTY", () => (authority.chain.treasury = 99n)],
    ["the contract may not take the treasury", "DEPOSITS_PAUSED", () => (authority.chain.allowance = 99n)],
    ["the contract never takes it", "DEPOSIT_REFUSED", () => refuse("AccountInvalid(0x01)")],
    ["the chain cannot be asked", "RPC_UNAVAILABLE", () => authority.chain.broken.set("simulate", 1)],
  ])("%s", async (_what, code, arrange) => {
    arrange();
    await nothingCharged(code);
  });

  test("what is charged and not yet credited is no longer there for the next one", async () => {
    authority.chain.treasury = 150n;
    await deposit(PAYS);
    await expect(deposit(PAYS, { key: "deposit-2" })).rejects.toMatchObject({ code: "TREASURY_EMPTY" });
    expect((await charged()).length).toBe(1);
    expect(await deposit(PAYS, { key: "deposit-2", amount: "50" })).toMatchObject({ state: "charged" });
    // The same request again is the same deposit, also with an empty treasury.
    authority.chain.treasury = 0n;
    expect(await deposit(PAYS)).toMatchObject({ state: "charged", amount: "100" });
  });

  test("of two at once that the treasury holds one of, one is charged and credited", async () => {
    authority.chain.treasury = 150n;
    const both = await Promise.allSettled([deposit(PAYS), deposit(PAYS, { key: "deposit-2" })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await charged()).length).toBe(1);
    await confirm();
    expect(await stored()).toEqual(CREDITED);
  });
});

describe("a customer who was charged gets the money on the chain or back:", () => {
  test.each(["EnforcedPause()", "ERC20InsufficientBalance(0x01, 1, 2)", "ERC20InsufficientAllowance(0x01, 1, 2)"])(
    "%s passes: the deposit waits, the operator is told, and it is credited",
    async (reason) => {
      await deposit(PAYS);
      refuse(reason);
      for (let round = 0; round < 3; round++) await authority.outbox().step();
      expect(await stored()).toMatchObject({ state: "charged" });
      expect(authority.context.readiness.problems()).toEqual([
        { part: "transactions", problem: expect.stringContaining(reason) },
      ]);
      refuse(null);
      authority.now += 120;
      await confirm();
      expect(await stored()).toEqual(CREDITED);
      expect(authority.context.readiness.problems()).toEqual([]);
      expect(await charged()).toEqual([{ outcome: "paid", refund: null }]);
    },
  );

  test("one that reverts in its block is tried again", async () => {
    await deposit(PAYS);
    await confirm(false);
    expect(await stored()).toMatchObject({ state: "charged" });
    authority.now += 120;
    await confirm();
    expect(await stored()).toEqual(CREDITED);
  });

  test("credited once, when the node that tells of receipts lags behind the one that tells of nonces", async () => {
    await deposit(PAYS);
    await authority.outbox().step();
    authority.chain.lagging.add("receipt");
    for (let block = 0; block < 4; block++) authority.chain.mine();
    authority.chain.deposits.add(depositIdIn(authority.chain.done[0] as Hex));
    for (let round = 0; round < 3; round++) await authority.outbox().step();
    expect(authority.chain.received.length).toBe(1);
    expect(await stored()).toEqual(CREDITED);
    expect(authority.chain.done).toHaveLength(1);
  });

  test("credited once, when a backup from before its transaction was final comes back", async () => {
    await deposit(PAYS);
    await authority.outbox().step();
    const backup = await authority.context.store.db.selectFrom("transactions").selectAll().execute();
    const attempts = await authority.context.store.db.selectFrom("attempts").selectAll().execute();
    await confirm();
    authority.chain.deposits.add(depositIdIn(authority.chain.done[0] as Hex));
    const { db } = authority.context.store;
    await db.deleteFrom("attempts").execute();
    await db.deleteFrom("transactions").execute();
    await db.insertInto("transactions").values(backup).execute();
    await db.updateTable("deposits").set({ state: "charged" }).execute();
    await db.insertInto("attempts").values(attempts).execute();
    await confirm();
    expect(await stored()).toEqual(CREDITED);
    expect(authority.chain.done).toHaveLength(1);
  });

  test.each<[string, string, number]>([
    ["refused for good", "AccountInvalid(0x01)", 0],
    ["refused for longer than the authority waits", "EnforcedPause()", 3_600],
  ])("%s, it is paid back to the card", async (_what, reason, waitSec) => {
    const { id } = await deposit(PAYS);
    refuse(reason);
    await authority.outbox().step();
    authority.now += waitSec;
    await authority.outbox().step();
    expect(await stored()).toMatchObject({ state: "refunding" });
    await charges().finish();
    const reasonTold = `it could not be credited: ${reason}`;
    expect(await readDeposit(authority.context, caller, id)).toMatchObject({ state: "refunded", reason: reasonTold });
    expect(await charged()).toEqual([{ outcome: "paid", refund: "refunded" }]);
    // It is not credited as well.
    refuse(null);
    await confirm();
    expect(authority.chain.done).toEqual([]);
  });

  test.each([REFUND_REFUSED, REFUND_LOST])(
    "a refund to card %s that does not work at first is repeated",
    async (card) => {
      await deposit(card);
      refuse("AccountInvalid(0x01)");
      await authority.outbox().step();
      const same = charges();
      await same.finish();
      await same.finish();
      expect(await stored()).toMatchObject({ state: "refunding" });
      expect(authority.context.readiness.problems()).toMatchObject([{ part: "refunds" }]);
      authority.now += 1;
      await same.finish();
      expect(await stored()).toMatchObject({ state: "refunded" });
      expect(authority.context.readiness.problems()).toEqual([]);
    },
  );

  test("a refund is paid once, wherever the process is killed", async () => {
    await deposit(PAYS);
    refuse("AccountInvalid(0x01)");
    await authority.outbox().step();
    await killAtEveryQuery(
      authority,
      () => charges().finish(),
      async () => expect(["refunding", "refunded"]).toContain((await stored()).state),
    );
    expect(await stored()).toMatchObject({ state: "refunded" });
    expect(await charged()).toEqual([{ outcome: "paid", refund: "refunded" }]);
  });
});
