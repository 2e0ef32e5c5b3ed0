import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPayerRecord } from "../../../authority/allotments/payer-record.ts";
import { takeComplaint } from "../../../authority/complaints/take-complaint.ts";
import { countComplaints, findComplaint } from "../../../authority/store/tables/complaints.ts";
import { addSettled } from "../../../authority/store/tables/settled-sums.ts";
import type { Complaint } from "../../../protocol/http/payments.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { accountOf, killAtEveryQuery, PIECE, TestAuthority, type TestSession } from "../support/context.ts";
import { CONTENT, grantLanes, pushOf } from "../support/lanes.ts";

const DAY = 24 * 3600;
const DEVICES = [21, 22, 23, 24, 25, 26, 27];

let authority: TestAuthority;
let payer: TestSession;
let payees: TestSession[];
/** One of the payer for each payee, in their order. */
let lanes: SignedAllotment[];
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  payer = await authority.session(accountOf(1), 11);
  payees = await Promise.all(DEVICES.map((device) => authority.session(accountOf(device), device)));
  authority.chain.fund(payer.account, 5_000_000n);
  authority.chain.authorize(payer.account, payer.sessionKey);
  const granted = await grantLanes(authority, payer, payees);
  lanes = payees.map(({ account }) => granted.find(({ payee }) => payee === account) as SignedAllotment);
});
afterEach(() => authority.stop());

const payeeAt = (index: number): TestSession => payees[index] as TestSession;
const laneAt = (index: number): number => (lanes[index] as SignedAllotment).lane;

function complaintOf(index: number, change: Partial<Complaint> = {}): Complaint {
  const { payer: account, lane, amount, signature } = voucherOf(index, 500n);
  return { payer: account, lane, amount, signature, unpaidBytes: PIECE, ...change };
}
const voucherOf = (index: number, amount: bigint) =>
  pushOf(authority, { payer, payee: payeeAt(index) }, laneAt(index), amount, false);
const complain = (index: number, change: Partial<Complaint> = {}) =>
  takeComplaint(authority.context, payeeAt(index), complaintOf(index, change));
const stored = () => countComplaints(authority.context.store.db, payeeAt(0).account, 0);

describe("a complaint is refused", () => {
  test.each<[string, string, () => Partial<Complaint>]>([
    ["about a lane that the authority never issued", "LANE_UNKNOWN", () => ({ lane: 4_000_000_000 })],
    ["about a payer that the authority does not know", "LANE_UNKNOWN", () => ({ payer: accountOf(0x99) })],
    ["about another payee's lane", "PAYEE_WRONG", () => ({ ...voucherOf(1, 500n) })],
    ["with a voucher above the cap", "ABOVE_CAP", () => voucherOf(0, (lanes[0]?.cap ?? 0n) + 1n)],
    ["with another amount than was signed", "SIGNATURE_INVALID", () => ({ amount: "501" })],
    ["with an amount that nobody signed", "SIGNATURE_INVALID", () => ({ signature: null })],
    ["with a signature of nothing", "SIGNATURE_INVALID", () => ({ amount: "0" })],
    ["with another lane's voucher", "SIGNATURE_INVALID", () => ({ signature: voucherOf(1, 500n).signature })],
  ])("%s", async (_name, code, change) => {
    await expect(complain(0, change())).rejects.toMatchObject({ code });
    expect(await stored()).toBe(0);
  });

  test("when nothing can be claimed on the lane any more", async () => {
    authority.now = (lanes[0]?.expiresAt ?? 0) + 120;
    await expect(complain(0)).rejects.toMatchObject({ code: "EXPIRED" });
  });

  test("after 200 of one account in a day", async () => {
    const { db } = authority.context.store;
    const payee = payeeAt(0).account;
    const base = { payer: accountOf(2), payee, amount: "0", unpaidBytes: 1 };
    const rows = Array.from({ length: 200 }, (_, lane) => ({ ...base, lane, createdAt: authority.now - DAY + 1 }));
    await db.insertInto("complaints").values(rows).execute();
    await expect(complain(0)).rejects.toMatchObject({ code: "RATE_LIMITED" });
    authority.now += 1;
    expect(await complain(0)).toMatchObject({ lane: laneAt(0) });
  });
});

describe("a complaint is kept", () => {
  test("with its voucher, or without when there is none", async () => {
    const { now } = authority;
    expect(await complain(0)).toEqual({ payer: payer.account, lane: laneAt(0), createdAt: now });
    await complain(1, { amount: "0", signature: null, unpaidBytes: 2 * PIECE });
    const { db } = authority.context.store;
    expect(await findComplaint(db, payer.account, laneAt(0))).toEqual({
      payer: payer.account,
      lane: laneAt(0),
      payee: payeeAt(0).account,
      amount: "500",
      unpaidBytes: PIECE,
      createdAt: now,
    });
    expect(await findComplaint(db, payer.account, laneAt(1))).toMatchObject({ amount: "0", unpaidBytes: 2 * PIECE });
  });

  test("once for each lane: the first", async () => {
    const first = await complain(0);
    authority.now += 5;
    expect(await complain(0, { unpaidBytes: 9 * PIECE })).toEqual(first);
    expect(await findComplaint(authority.context.store.db, payer.account, laneAt(0))).toMatchObject({
      unpaidBytes: PIECE,
    });
    expect(await stored()).toBe(1);
  });

  test("once, wherever the authority is killed", async () => {
    const kills = await killAtEveryQuery(
      authority,
      () => complain(0),
      async () => expect([0, 1]).toContain(await stored()),
    );
    expect(kills).toBeGreaterThan(2);
    expect(await stored()).toBe(1);
  });
});

describe("what complaints change", () => {
  const unrelated = async () =>
    (await readPayerRecord(authority.context.store.db, payer.account, authority.now)).unrelatedComplainers;
  /** The payer has paid these, and each has a customer of its own. */
  async function paidBefore(count: number): Promise<void> {
    const { db } = authority.context.store;
    for (let index = 0; index < count; index++) {
      await addSettled(db, payer.account, payeeAt(index).account, 1_000_000n);
      await addSettled(db, accountOf(0x80 + index), payeeAt(index).account, 1n);
    }
  }
  const complainAll = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) await complain(index);
  };

  test("nothing before the third, which counts for a day", async () => {
    await paidBefore(3);
    await complainAll(2);
    expect(await unrelated()).toBe(0);
    await complain(2);
    expect(await unrelated()).toBe(3);
    authority.now += DAY - 1;
    expect(await unrelated()).toBe(3);
    authority.now += 1;
    expect(await unrelated()).toBe(0);
  });

  test("nothing when the payer had never paid the payees that complain", async () => {
    await paidBefore(2);
    await complainAll(7);
    expect(await unrelated()).toBe(0);
  });

  test("nothing when they have paid it all back", async () => {
    await paidBefore(3);
    await addSettled(authority.context.store.db, payeeAt(0).account, payer.account, 1_000_000n);
    await complainAll(3);
    expect(await unrelated()).toBe(0);
  });

  test("the credit of the track record after three, all but a piece for each pair after six", async () => {
    await paidBefore(7);
    const newcomer = await authority.session(accountOf(28), 28);
    const credits = async (infoHash: string): Promise<number[]> => {
      authority.now += 1;
      return (await grantLanes(authority, payer, [newcomer], infoHash)).map(({ credit }) => credit / PIECE);
    };
    for (const [index, content] of ["c1", "c3", "c6"].entries()) {
      await authority.publish(content.repeat(20));
      await complainAll([0, 3, 6][index] as number);
      // An eighth of 5,000,000 would buy more than a quarter of the content, 250 pieces; three
      // quarters of the budget are one payee's.
      expect(await credits(content.repeat(20))).toEqual([[187], [15], [1]][index]);
    }
  });
});
