import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listBatchReplies, settleByPolicy, settleNow, settleReady } from "../../../authority/settlement/settle.ts";
import { offerStatement, takeStatement } from "../../../authority/statements/statements.ts";
import type { StatementLane } from "../../../protocol/signed/statement.ts";
import { accountOf, killAtEveryQuery, TestAuthority, type TestSession } from "../support/context.ts";
import { type SkipReason, settleLogs } from "../support/fake-logs.ts";
import { grantLanes, laneOf, pushVoucher, statementOf } from "../support/lanes.ts";

let authority: TestAuthority;
let payer: TestSession;
let payees: [TestSession, TestSession, TestSession];
let skipped: Map<number, SkipReason>;
/** What the authority holds of lanes 1 and 2, which their payees have closed; lane 3 is open. */
let [first, second]: StatementLane[] = [];
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish("ab".repeat(20));
  payer = await authority.session(accountOf(1), 11);
  const session = (device: number) => authority.session(accountOf(device), device);
  const sessions = [await session(21), await session(22), await session(23)];
  authority.chain.fund(payer.account, 5_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  skipped = new Map();
  authority.chain.logs = (data, block) => settleLogs(data, skipped, block);
  const lanes = await grantLanes(authority, payer, sessions);
  const payeeOf = (lane: number) => sessions.find(({ account }) => account === lanes[lane - 1]?.payee) as TestSession;
  payees = [payeeOf(1), payeeOf(2), payeeOf(3)];
  await pushVoucher(authority, { payer, payee: payees[0] }, 1, 500n);
  await pushVoucher(authority, { payer, payee: payees[1] }, 2, 700n);
  await pushVoucher(authority, { payer, payee: payees[2] }, 3, 900n, false);
  first = { payee: payees[0].account, lane: 1, amount: 500n };
  second = { payee: payees[1].account, lane: 2, amount: 700n };
});
afterEach(() => authority.stop());

const both = (): StatementLane[] => [first, second] as StatementLane[];
const take = (lanes: readonly StatementLane[], signer = payer) =>
  takeStatement(authority.context, payer, statementOf(authority, signer, lanes));
const offered = async () =>
  (await offerStatement(authority.context, payer)).lanes.map(({ lane, amount }) => [lane, amount]);
const stateOf = async (lane: number) => (await laneOf(authority, payer, lane)).state;
const batchReplies = async () => (await listBatchReplies(authority.context, 1_000)).batches;
const kinds = async () => (await batchReplies()).map(({ kind }) => kind).toReversed();

/** Makes what is in the outbox final. */
async function confirm(): Promise<void> {
  const outbox = authority.outbox();
  await outbox.step();
  for (let block = 0; block < 3; block++) authority.chain.mine();
  await outbox.step();
}

describe("a statement is refused", () => {
  test.each<[string, () => StatementLane[]]>([
    ["over less than the voucher that the authority holds", () => [{ ...(first as StatementLane), amount: 499n }]],
    ["over more than the voucher that the authority holds", () => [{ ...(first as StatementLane), amount: 501n }]],
    ["to another payee", () => [{ ...(first as StatementLane), payee: payees[1].account }]],
    ["with one lane that is still open", () => [...both(), { payee: payees[2].account, lane: 3, amount: 900n }]],
    [
      "with one lane that the authority never issued",
      () => [...both(), { payee: payees[2].account, lane: 9, amount: 900n }],
    ],
  ])("%s", async (_name, lanes) => {
    await expect(take(lanes())).rejects.toMatchObject({ name: "InputError", code: "STATEMENT_STALE" });
    expect(await offered()).toHaveLength(2);
  });

  test("when it is signed by another key", async () => {
    await expect(take(both(), payees[0])).rejects.toMatchObject({ code: "SIGNATURE_INVALID" });
  });

  test("when it was signed for other lanes", async () => {
    const { signature } = statementOf(authority, payer, [second as StatementLane]);
    const body = { ...statementOf(authority, payer, both()), signature };
    await expect(takeStatement(authority.context, payer, body)).rejects.toMatchObject({ code: "SIGNATURE_INVALID" });
  });

  test.each([["descending", () => both().toReversed()] as const, ["empty", () => []] as const])(
    "when its lanes are %s",
    async (_name, lanes) => {
      const body = {
        ...statementOf(authority, payer, both()),
        lanes: lanes().map((l) => ({ ...l, amount: `${l.amount}` })),
      };
      await expect(takeStatement(authority.context, payer, body)).rejects.toMatchObject({ code: "STATEMENT_INVALID" });
    },
  );

  test("from another session of the same account", async () => {
    const other = await authority.session(payer.account, 31);
    const body = statementOf(authority, other, both());
    await expect(takeStatement(authority.context, other, body)).rejects.toMatchObject({ code: "STATEMENT_STALE" });
  });
});

describe("an offer", () => {
  test("names the finished lanes of the session, with the amounts that the authority holds", async () => {
    expect(await offerStatement(authority.context, payer)).toEqual({
      payer: payer.account,
      lanes: [
        { payee: payees[0].account, lane: 1, amount: "500" },
        { payee: payees[1].account, lane: 2, amount: "700" },
      ],
    });
    const other = await authority.session(payer.account, 31);
    expect((await offerStatement(authority.context, other)).lanes).toEqual([]);
  });

  test("is empty once it is signed, and names all again when one more lane is finished", async () => {
    expect((await take(both())).lanes).toEqual([]);
    await pushVoucher(authority, { payer, payee: payees[2] }, 3, 950n);
    expect(await offered()).toEqual([
      [1, "500"],
      [2, "700"],
      [3, "950"],
    ]);
    await take([...both(), { payee: payees[2].account, lane: 3, amount: 950n }]);
    await settleReady(authority.context);
    expect(await batchReplies()).toMatchObject([{ kind: "statements", rows: 3 }]);
  });

  test("holds lanes that have expired, after a last push may have come", async () => {
    const { expiresAt } = await laneOf(authority, payer, 3);
    authority.now = expiresAt + 5;
    expect(await offered()).toHaveLength(2);
    authority.now = expiresAt + 6;
    expect(await offered()).toHaveLength(3);
  });
});

describe("settling", () => {
  test("takes the statement, and pays every lane of it", async () => {
    await take(both());
    const { waiting } = await settleNow(authority.context, { close: false });
    expect(waiting).toEqual({ open: 1, dust: 0, statement: 0, company: 0 });
    await confirm();
    expect(await batchReplies()).toMatchObject([
      { kind: "statements", reason: "forced", state: "final", rows: 2, skipped: 0, total: "1200", fee: "12" },
    ]);
    expect(await laneOf(authority, payer, 2)).toMatchObject({
      state: "settled",
      paid: "700",
      fee: "7",
      paidAtBlock: 101,
    });
  });

  test("waits a moment for the statement of a payer that is online, and then takes the vouchers", async () => {
    expect((await settleNow(authority.context, { close: false })).waiting).toMatchObject({ statement: 2 });
    authority.now += 6;
    authority.context.presence.saw(payer.sessionKey);
    await settleNow(authority.context, { close: false });
    expect(await kinds()).toEqual(["vouchers"]);
  });

  test("waits for no payer that is away", async () => {
    authority.now += 7;
    await pushVoucher(authority, { payer, payee: payees[2] }, 3, 900n);
    expect((await settleNow(authority.context, { close: false })).batches).toMatchObject([
      { kind: "vouchers", rows: 3 },
    ]);
  });

  test("takes statements and vouchers in batches of their own", async () => {
    await take([first as StatementLane]);
    authority.now += 7;
    await settleNow(authority.context, { close: false });
    expect(await kinds()).toEqual(["statements", "vouchers"]);
  });

  test("never pays less than a higher voucher that came after the statement", async () => {
    await take(both());
    await pushVoucher(authority, { payer, payee: payees[0] }, 1, 600n, false);
    expect(await offered()).toEqual([
      [1, "600"],
      [2, "700"],
    ]);
    await expect(take(both())).rejects.toMatchObject({ code: "STATEMENT_STALE" });
    authority.now += 7;
    await settleNow(authority.context, { close: false });
    await confirm();
    expect(await batchReplies()).toMatchObject([{ kind: "vouchers", total: "1300" }]);
  });

  test("continues with the vouchers of a statement that the chain does not take", async () => {
    await take(both());
    skipped = new Map([
      [0, "SIGNATURE"],
      [1, "SIGNATURE"],
    ]);
    await settleNow(authority.context, { close: false });
    await confirm();
    expect(await offered()).toEqual([]);
    skipped = new Map();
    await settleNow(authority.context, { close: false });
    await confirm();
    expect(await kinds()).toEqual(["statements", "vouchers"]);
    expect([await stateOf(1), await stateOf(2)]).toEqual(["settled", "settled"]);
  });

  test("tries the same statements again after their batch has failed as a whole", async () => {
    await take(both());
    authority.chain.simulation = () => ({ ok: false, reason: "BatchEmpty()" });
    await settleNow(authority.context, { close: false });
    await confirm();
    authority.chain.simulation = () => ({ ok: true, gas: 1n });
    await settleNow(authority.context, { close: false });
    await confirm();
    expect(await kinds()).toEqual(["statements", "statements"]);
    expect([await stateOf(1), await stateOf(2)]).toEqual(["settled", "settled"]);
  });

  test("does not try again at every round after a batch has failed as a whole", async () => {
    authority.now += 30;
    authority.chain.simulation = () => ({ ok: false, reason: "CallerNotOperator()" });
    await settleByPolicy(authority.context);
    await confirm();
    authority.now += 19;
    await settleByPolicy(authority.context);
    expect(await batchReplies()).toMatchObject([{ state: "failed", reason: "age", rows: 2 }]);
    authority.now += 1;
    authority.chain.simulation = () => ({ ok: true, gas: 1n });
    await settleByPolicy(authority.context);
    await confirm();
    expect(await stateOf(1)).toBe("settled");
  });

  test("leaves a row of vouchers that the payer cannot cover to its payee", async () => {
    authority.now += 7;
    skipped = new Map([[1, "UNCOVERED"]]);
    await settleNow(authority.context, { close: false });
    await confirm();
    expect(await laneOf(authority, payer, 2)).toMatchObject({ state: "skipped", reason: "UNCOVERED", paid: "0" });
    expect(await stateOf(1)).toBe("settled");
  });
});

test("a kill at any query leaves the statement stored with its lanes, or not at all", async () => {
  const kills = await killAtEveryQuery(
    authority,
    () => take(both()),
    async () => {
      const ids = await Promise.all([1, 2].map(async (lane) => (await laneOf(authority, payer, lane)).statementId));
      expect(ids[0]).toBe(ids[1]);
    },
  );
  expect(kills).toBeGreaterThan(3);
  await settleNow(authority.context, { close: false });
  expect(await batchReplies()).toMatchObject([{ kind: "statements", rows: 2 }]);
});

test("a kill at any query of settling puts every lane into one batch", async () => {
  await take(both());
  const kills = await killAtEveryQuery(
    authority,
    () => settleReady(authority.context),
    async () => {
      const batches = await batchReplies();
      expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe((await stateOf(1)) === "open" ? 0 : 2);
    },
  );
  expect(kills).toBeGreaterThan(3);
  await confirm();
  expect(await batchReplies()).toMatchObject([{ total: "1200", state: "final" }]);
});
