import { decodeFunctionData, type Hex } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readAccountSummary } from "../../../authority/accounts/account-summary.ts";
import { reservationOf, sumReserved } from "../../../authority/allotments/reservations.ts";
import { claimMissing } from "../../../authority/claims/claim-missing.ts";
import { settleReady } from "../../../authority/settlement/settle.ts";
import { takeStatement } from "../../../authority/statements/statements.ts";
import { listReservedLanes } from "../../../authority/store/tables/reserved-lanes.ts";
import { floodgateAbi } from "../../../protocol/contract/abi.ts";
import { accountOf, killAtEveryQuery, TestAuthority, type TestSession } from "../support/context.ts";
import { claimedLog, type SkipReason, settleLogs } from "../support/fake-logs.ts";
import { grantLanes, laneOf, pushVoucher, statementOf } from "../support/lanes.ts";
import { observe } from "../support/observe.ts";

let authority: TestAuthority;
let payer: TestSession;
/** Payees of lanes 1 and 2, on which the authority holds 500 and 700. */
let payees: TestSession[];
let skipped: Map<number, SkipReason>;
/** What the authority's claims pay, by lane; a lane that is missing pays nothing. */
let claimed: Map<number, bigint>;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish("ab".repeat(20));
  payer = await authority.session(accountOf(1), 11);
  const sessions = [await authority.session(accountOf(21), 21), await authority.session(accountOf(22), 22)];
  authority.chain.fund(payer.account, 5_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  skipped = new Map();
  claimed = new Map([
    [1, 500n],
    [2, 700n],
  ]);
  authority.chain.logs = (data, block) =>
    isSettle(data) ? settleLogs(data, skipped, block) : lanesOf(data).flatMap((lane) => claimLogs(lane, block));
  const lanes = await grantLanes(authority, payer, sessions);
  payees = lanes.map(({ payee }) => sessions.find(({ account }) => account === payee) as TestSession);
  await pushVoucher(authority, { payer, payee: payees[0] as TestSession }, 1, 500n);
  await pushVoucher(authority, { payer, payee: payees[1] as TestSession }, 2, 700n);
  // The payer is away: nothing waits for its statement.
  authority.now += 7;
});
afterEach(() => authority.stop());

const isSettle = (data: Hex): boolean => decodeFunctionData({ abi: floodgateAbi, data }).functionName === "settle";

/** Lanes that a claim, or a call of many, names. */
function lanesOf(data: Hex): number[] {
  const { functionName, args } = decodeFunctionData({ abi: floodgateAbi, data });
  if (functionName === "claimMany") return args[0].flatMap(lanesOf);
  if (functionName !== "claim") throw new Error(`not a claim: ${functionName}`);
  return [args[0].lane];
}

function claimLogs(lane: number, block: number) {
  const amount = claimed.get(lane);
  if (amount === undefined) return [];
  const payee = (payees[lane - 1] as TestSession).account;
  return [claimedLog({ payer: payer.account, payee, lane, amount, totalPaid: amount }, block)];
}

/** A stranger claims with an old voucher of the lane's payee, in the newest confirmed block. */
function strangerClaims(lane: number, totalPaid: bigint): void {
  const { account: payee } = payees[lane - 1] as TestSession;
  const block = authority.chain.confirmed.number;
  authority.chain.events.push({ payer: payer.account, payee, lane, totalPaid, block });
}

/** The authority's rounds until nothing is under way. */
async function work(rounds = 9): Promise<void> {
  const { context } = authority;
  const outbox = authority.outbox();
  for (let round = 0; round < rounds; round++) {
    await observe(authority);
    await settleReady(context);
    await claimMissing(context);
    await outbox.step();
    authority.chain.mine();
  }
}

/** What the authority sent, in order: settlements, and the lanes of claims. */
const sent = () => authority.chain.done.map((data) => (isSettle(data as Hex) ? "settle" : lanesOf(data as Hex)));
const lane = (number: number) => laneOf(authority, payer, number);

describe("a lane that a stranger's claim has used up", () => {
  test("is claimed by the authority for the rest when the batch finds it stale", async () => {
    skipped = new Map([[0, "STALE"]]);
    await work();
    expect(sent()).toEqual(["settle", [1]]);
    expect(await lane(1)).toMatchObject({ state: "settled", paid: "500", fee: "0", reason: null });
    expect(await lane(2)).toMatchObject({ state: "settled", paid: "700", fee: "7" });
  });

  test("goes into no batch when the authority has seen it, and several share a call", async () => {
    strangerClaims(1, 100n);
    strangerClaims(2, 100n);
    await work();
    expect(sent()).toEqual([[1, 2]]);
    expect([await lane(1), await lane(2)]).toMatchObject([
      { state: "settled", paid: "500" },
      { state: "settled", paid: "700" },
    ]);
  });

  test("is left alone when the claim has paid all of it", async () => {
    strangerClaims(1, 500n);
    await work();
    expect(sent()).toEqual(["settle"]);
    expect(await lane(1)).toMatchObject({ state: "settled", paid: "500", fee: "0" });
  });

  test("stays in the statement that covers it: the others are paid by it", async () => {
    const lanes = [1, 2].map((number) => ({
      payee: (payees[number - 1] as TestSession).account,
      lane: number,
      amount: number === 1 ? 500n : 700n,
    }));
    await takeStatement(authority.context, payer, statementOf(authority, payer, lanes));
    strangerClaims(1, 100n);
    skipped = new Map([[0, "STALE"]]);
    await work();
    expect(sent()).toEqual(["settle", [1]]);
    expect([await lane(1), await lane(2)]).toMatchObject([{ state: "settled" }, { state: "settled" }]);
  });

  test("still takes the payee's better voucher while it is open", async () => {
    await pushVoucher(authority, { payer, payee: payees[0] as TestSession }, 1, 600n);
    strangerClaims(1, 100n);
    claimed.set(1, 600n);
    await work();
    expect(await lane(1)).toMatchObject({ state: "settled", amount: "600", paid: "600" });
  });
});

describe("a claim of the authority", () => {
  beforeEach(() => {
    skipped = new Map([
      [0, "STALE"],
      [1, "STALE"],
    ]);
  });

  test("that pays less than the voucher is not sent again: its payee may claim later", async () => {
    claimed.set(1, 300n);
    await work();
    expect(sent()).toEqual(["settle", [1, 2]]);
    expect(await lane(1)).toMatchObject({ state: "skipped", paid: "300", reason: "UNCOVERED" });
    strangerClaims(1, 500n);
    await work();
    expect(await lane(1)).toMatchObject({ state: "settled", paid: "500" });
  });

  test("is claimed with gas for all that it may pay, though it would pay nothing when it is tried", async () => {
    // The payer's deposit is in a block that is gone, and comes back before the claim.
    authority.chain.simulation = () => ({ ok: true, gas: 40_000n });
    await work();
    expect(sent()).toEqual(["settle", [1, 2]]);
    const { db } = authority.context.store;
    const claims = await db
      .selectFrom("attempts")
      .innerJoin("transactions", "transactions.id", "attempts.transactionId")
      .select("gas")
      .where("kind", "=", "claim")
      .execute();
    // A claim takes 85,000, each more in one call 60,000 (docs/figures.md).
    expect(claims.map(({ gas }) => Number(gas) > 145_000)).toEqual([true]);
  });

  test("is claimed again when the claim has reverted in its block, also alone", async () => {
    const { mine } = authority.chain;
    let reverted = 0;
    authority.chain.mine = () => {
      const waiting = [...authority.chain.pool.values()].map((raw): Hex => `0x${raw.slice(18)}`);
      const isEarly = reverted < 2 && waiting.some((data) => !isSettle(data));
      if (isEarly) reverted++;
      mine.call(authority.chain, !isEarly);
    };
    for (let round = 0; round < 3; round++) {
      await work();
      authority.now += 30;
    }
    expect(reverted).toBe(2);
    expect(await lane(1)).toMatchObject({ state: "settled", paid: "500" });
    expect(await lane(2)).toMatchObject({ state: "settled", paid: "700" });
  });

  test("that the contract refuses does not hold back the others of its call", async () => {
    authority.chain.simulation = (data) =>
      !isSettle(data) && lanesOf(data).includes(1)
        ? { ok: false, reason: "LaneSettled(0x01, 1)" }
        : { ok: true, gas: 1n };
    await work(12);
    expect(sent()).toEqual(["settle", [2]]);
    expect(await lane(1)).toMatchObject({ state: "skipped", reason: "LaneSettled(0x01, 1)", paid: "0" });
    expect(await lane(2)).toMatchObject({ state: "settled", paid: "700" });
  });

  test("is not sent once the claim window is over", async () => {
    const { expiresAt } = await lane(1);
    strangerClaims(1, 100n);
    await observe(authority);
    await settleReady(authority.context);
    expect((await lane(1)).state).toBe("claiming");
    authority.chain.latest = { ...authority.chain.latest, timestamp: expiresAt + 120 };
    await claimMissing(authority.context);
    // A reorganization may still turn the time back.
    expect(await lane(1)).toMatchObject({ state: "claiming", claimId: null });
    authority.chain.confirmed = { ...authority.chain.confirmed, timestamp: expiresAt + 120 };
    await claimMissing(authority.context);
    expect(await lane(1)).toMatchObject({ state: "skipped", reason: "EXPIRED", claimId: null });
  });

  test("is sent once, wherever the process is killed", async () => {
    await work(4);
    const kills = await killAtEveryQuery(
      authority,
      () => claimMissing(authority.context),
      async () => {
        const [one, two] = [await lane(1), await lane(2)];
        expect(one.claimId).toBe(two.claimId);
      },
    );
    expect(kills).toBeGreaterThan(5);
    await work();
    expect(sent()).toEqual(["settle", [1, 2]]);
    expect([await lane(1), await lane(2)]).toMatchObject([{ paid: "500" }, { paid: "700" }]);
  });
});

describe("what claims have paid", () => {
  const reserved = async (): Promise<bigint> => {
    const { confirmed } = authority.chain;
    const query = { expiresAfter: confirmed.timestamp - 120, block: confirmed.number };
    const stored = await listReservedLanes(authority.context.store.db, payer.account, query);
    return sumReserved(stored.map(reservationOf), confirmed, 120);
  };

  test("is no longer reserved once it is confirmed, and shows as earned", async () => {
    const before = await reserved();
    strangerClaims(1, 100n);
    await observe(authority);
    expect(await reserved()).toBe(before - 100n);
    expect(await readAccountSummary(authority.context, payees[0] as TestSession)).toMatchObject({
      earned: "100",
      fees: "0",
      unsettled: "400",
    });
  });

  test("never falls, and counts once, in whatever order and however often it is seen", async () => {
    const before = await reserved();
    for (const total of [100n, 300n, 200n, 300n]) strangerClaims(1, total);
    await observe(authority);
    await authority.restart();
    await observe(authority);
    expect(await reserved()).toBe(before - 300n);
    expect((await lane(1)).paid).toBe("300");
  });

  test("of another payee than the lane's is not this lane's", async () => {
    const block = authority.chain.confirmed.number;
    authority.chain.events.push({ payer: payer.account, payee: accountOf(9), lane: 1, totalPaid: 9n, block });
    await observe(authority);
    expect((await lane(1)).paid).toBe("0");
  });
});
