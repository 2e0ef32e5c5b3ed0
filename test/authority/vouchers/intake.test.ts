import { afterEach, beforeEach, expect, test } from "vitest";
import { answerAnnounces } from "../../../authority/allotments/answer-announce.ts";
import { askToClose, findLane, setLane } from "../../../authority/store/tables/lanes.ts";
import { pushVouchers } from "../../../authority/vouchers/intake.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, recoverSigner, sign } from "../../../protocol/base/secp256k1.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { hashAllotmentRequest } from "../../../protocol/wire/announce.ts";
import { ALLOTTER, accountOf, currentAllotter, TestAuthority, type TestSession } from "../support/context.ts";
import { CONTRACT, START } from "../support/fake-chain.ts";

const CONTENT = "ab".repeat(20);
const [PAYER, PAYEE] = [accountOf(1), accountOf(2)];

let authority: TestAuthority;
let payer: TestSession;
let payee: TestSession;
let lane: number;
let cap: bigint;
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(CONTENT);
  payer = await authority.session(PAYER, 11);
  payee = await authority.session(PAYEE, 12);
  authority.chain.fund(PAYER, 5_000_000n);
  authority.chain.authorize(PAYER, payer.sessionKey);
  const request = {
    account: PAYER,
    sessionKey: payer.sessionKey,
    infoHash: CONTENT,
    bytesLeft: 10 ** 8,
    topUp: [],
    met: [],
  };
  const digest = hashAllotmentRequest(authority.context.separator, { ...request, requestedAt: START });
  const announce = {
    infoHash: CONTENT,
    event: "started" as const,
    bytesLeft: 10 ** 8,
    session: { account: PAYER, sessionKey: payer.sessionKey },
    request: { requestedAt: START, topUp: [], met: [], signature: bytesToHex(sign(digest, payer.privateKey)) },
    payees: [payee.sessionKey],
  };
  const [answer] = (await answerAnnounces(authority.context, [announce])).answers;
  const granted = answer?.isKnown ? answer.grant?.lanes[0]?.allotment : undefined;
  if (!granted) throw new Error("no lane");
  lane = granted.lane;
  cap = BigInt(granted.cap);
});
afterEach(() => authority.stop());

interface Change {
  readonly amount?: bigint;
  readonly payer?: Address;
  readonly lane?: number;
  readonly final?: boolean;
}

/** A voucher that says `signed` and is pushed as `pushed`. */
function voucherOf(
  signed: Change & { payee?: Address } = {},
  pushed: Change = signed,
  separator = authority.context.separator,
) {
  const terms = { payer: PAYER, payee: PAYEE, lane, amount: 500n };
  const signature = bytesToHex(sign(hashVoucher(separator, { ...terms, ...signed }), payer.privateKey));
  const { payer: account, lane: number, amount } = { ...terms, ...pushed };
  return { payer: account, lane: number, amount: amount.toString(), signature, final: pushed.final ?? false };
}

async function push(...vouchers: ReturnType<typeof voucherOf>[]) {
  return (await pushVouchers(authority.context, payee, { vouchers })).results;
}

const stored = async (): Promise<string | undefined> =>
  (await findLane(authority.context.store.db, PAYER, lane))?.amount;

test("a good voucher is stored and answered with a receipt of the allotter key; the same again changes nothing", async () => {
  const [receipt] = await push(voucherOf());
  const expected = { payer: PAYER, payee: PAYEE, lane, amount: 500n, receivedAt: START };
  const digest = hashReceipt(authority.context.separator, expected);
  const signature = sign(digest, ALLOTTER);
  expect(receipt).toEqual({ payer: PAYER, lane, amount: "500", receivedAt: START, signature: bytesToHex(signature) });
  expect(recoverSigner(digest, signature)).toBe(addressOfKey(publicKeyOf(ALLOTTER)));
  authority.now += 5;
  expect(await push(voucherOf())).toEqual([receipt]);
  await authority.restart();
  expect(await stored()).toBe("500");
});

test("the greatest amount stays, in whatever order they come", async () => {
  const amounts = [700n, 500n, cap, 600n];
  const results = await push(...amounts.map((amount) => voucherOf({ amount })));
  expect(results.map((result) => ("amount" in result ? result.amount : result.code))).toEqual([
    "700",
    "700",
    cap.toString(),
    cap.toString(),
  ]);
});

test.each([
  ["of a lane that the authority never issued", { lane: 99 }, { lane: 99 }, "LANE_UNKNOWN"],
  ["of another payer", { payer: accountOf(7) }, { payer: accountOf(7) }, "LANE_UNKNOWN"],
  ["signed for another lane", { lane: 99 }, {}, "SIGNATURE_INVALID"],
  ["signed for another payee", { payee: accountOf(7) }, {}, "SIGNATURE_INVALID"],
  ["signed in the name of another payer", { payer: accountOf(7) }, {}, "SIGNATURE_INVALID"],
  ["with a raised amount", { amount: 500n }, { amount: 501n }, "SIGNATURE_INVALID"],
  ["of nothing", { amount: 0n }, { amount: 0n }, "AMOUNT_ZERO"],
])("a voucher %s is refused", async (_name, signed, pushed, code) => {
  expect(await push(voucherOf(signed, pushed), voucherOf({ amount: 1n }))).toEqual([
    expect.objectContaining({ code }),
    expect.objectContaining({ amount: "1" }),
  ]);
});

test("a voucher above the cap is refused", async () => {
  expect(await push(voucherOf({ amount: cap + 1n }))).toEqual([{ payer: PAYER, lane, code: "ABOVE_CAP" }]);
});

test("a voucher of another chain or contract is refused", async () => {
  const domains = [
    { chainId: 1, contract: CONTRACT },
    { chainId: 31_337, contract: accountOf(9) },
  ];
  for (const domain of domains)
    expect(await push(voucherOf({}, {}, hashDomain(domain)))).toEqual([
      { payer: PAYER, lane, code: "SIGNATURE_INVALID" },
    ]);
});

test("a voucher with any byte of its signature changed is refused", async () => {
  const good = voucherOf();
  for (let byte = 0; byte < 64; byte++) {
    const changed = Buffer.from(good.signature.slice(2), "hex");
    changed[byte] = (changed[byte] as number) ^ 1;
    const signature: `0x${string}` = `0x${changed.toString("hex")}`;
    expect(await push({ ...good, signature })).toEqual([{ payer: PAYER, lane, code: "SIGNATURE_INVALID" }]);
  }
  expect(await stored()).toBe("0");
});

test("another account's voucher is refused", async () => {
  const thief = await authority.session(accountOf(3), 13);
  const { results } = await pushVouchers(authority.context, thief, { vouchers: [voucherOf()] });
  expect(results).toEqual([{ payer: PAYER, lane, code: "PAYEE_WRONG" }]);
});

test("after the claim window, and once it is in a batch, a lane takes no higher voucher", async () => {
  await push(voucherOf());
  const row = await findLane(authority.context.store.db, PAYER, lane);
  if (!row) throw new Error("no lane");
  authority.now = row.expiresAt + 120;
  expect(await push(voucherOf({ amount: 600n }))).toEqual([{ payer: PAYER, lane, code: "EXPIRED" }]);
  // Claimed by its payee meanwhile.
  await setLane(authority.context.store.db, row, { paid: "600" });
  expect(await push(voucherOf({ amount: 600n }))).toEqual([{ payer: PAYER, lane, code: "LANE_SETTLED" }]);
  expect(await push(voucherOf({ amount: 601n }))).toEqual([{ payer: PAYER, lane, code: "EXPIRED" }]);
  authority.now = START;
  await setLane(authority.context.store.db, row, { state: "settling" });
  expect(await push(voucherOf({ amount: 600n }))).toEqual([{ payer: PAYER, lane, code: "LANE_SETTLED" }]);
  expect(await push(voucherOf())).toEqual([expect.objectContaining({ amount: "500" })]);
});

test("the authority names the lanes that it wants closed until their payee has closed them", async () => {
  await push(voucherOf());
  await askToClose(authority.context.store.db);
  const asked = await pushVouchers(authority.context, payee, { vouchers: [] });
  expect(asked).toEqual({ results: [], close: [{ payer: PAYER, lane }], restores: 0 });
  const closed = await pushVouchers(authority.context, payee, { vouchers: [voucherOf({}, { final: true })] });
  expect(closed.close).toEqual([]);
  expect((await findLane(authority.context.store.db, PAYER, lane))?.isFinal).toBe(1);
});

test("an authority whose allotter key was replaced answers the same push with a receipt of its current key", async () => {
  const [first] = await push(voucherOf());
  const allotterKey = new Uint8Array(32).fill(5);
  const { context } = authority;
  authority.chain.allotters.set(addressOfKey(publicKeyOf(allotterKey)), currentAllotter());
  context.keys.replace({ operators: [allotterKey], allotters: [ALLOTTER, allotterKey] });
  await context.keys.follow(authority.chain);
  authority.now += 60;
  const [again] = await push(voucherOf());
  const receipt = { payer: PAYER, payee: PAYEE, lane, amount: 500n, receivedAt: START };
  const signature = bytesToHex(sign(hashReceipt(context.separator, receipt), allotterKey));
  expect(again).toEqual({ ...first, signature });
});

test("every voucher that the authority takes is answered with a receipt, also when the lane is settled by then", async () => {
  await push(voucherOf());
  const row = await findLane(authority.context.store.db, PAYER, lane);
  if (!row) throw new Error("no lane");
  for (const state of ["open", "settling", "settled", "claiming", "skipped"] as const) {
    await setLane(authority.context.store.db, row, { state });
    const receipt = expect.objectContaining({ amount: "500", receivedAt: START, signature: expect.any(String) });
    expect(await push(voucherOf(), voucherOf({ amount: 1n }))).toEqual([receipt, receipt]);
  }
});
