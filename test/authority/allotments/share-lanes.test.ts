import { afterEach, beforeEach, expect, test } from "vitest";
import { answerAnnounces } from "../../../authority/allotments/answer-announce.ts";
import { findLane } from "../../../authority/store/tables/lanes.ts";
import { listReservedLanes } from "../../../authority/store/tables/reserved-lanes.ts";
import { pushVouchers } from "../../../authority/vouchers/intake.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import { shareOf, splitPrice } from "../../../protocol/base/publisher-share.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import type { TrackerGrant } from "../../../protocol/http/operator.ts";
import type { AllotmentJson } from "../../../protocol/signed/allotment-json.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { hashAllotmentRequest } from "../../../protocol/wire/announce.ts";
import { accountOf, PRICE, TestAuthority, type TestSession } from "../support/context.ts";
import { SIZE } from "../support/plan.ts";

const SHARED = "cd".repeat(20);
const PAYER = accountOf(1);
const PUBLISHER = accountOf(0xff);
const ALL = { expiresAfter: 0, block: 0 };

let authority: TestAuthority;
let payer: TestSession;
let payees: TestSession[];
beforeEach(async () => {
  authority = await new TestAuthority().start();
  await authority.publish(SHARED, PRICE, 20);
  payer = await authority.session(PAYER, 11);
  payees = await Promise.all([21, 22, 23, 24].map((device) => authority.session(accountOf(device), device)));
  authority.chain.fund(PAYER, 5_000_000n);
  authority.chain.authorize(PAYER, payer.sessionKey);
});
afterEach(() => authority.stop());

/** What a session is granted that announces `after` seconds from now. */
async function grantOf(session: TestSession, topUp: readonly number[] = [], after = 0): Promise<TrackerGrant> {
  const { account, sessionKey } = session;
  const requestedAt = authority.now + after;
  const request = { account, sessionKey, infoHash: SHARED, bytesLeft: SIZE, topUp, met: [], requestedAt };
  const signature = bytesToHex(sign(hashAllotmentRequest(authority.context.separator, request), session.privateKey));
  const announce = {
    ...{ infoHash: SHARED, event: "started" as const, bytesLeft: SIZE, session: { account, sessionKey } },
    request: { requestedAt, topUp: [...topUp], met: [], signature },
    payees: payees.map((payee) => payee.sessionKey),
  };
  const [answer] = (await answerAnnounces(authority.context, [announce])).answers;
  if (!answer?.isKnown || !answer.grant) throw new Error("no grant");
  return answer.grant;
}

async function bring(session: TestSession, allotment: AllotmentJson, amount: string, final = false) {
  const { payee, lane } = allotment;
  const voucher = { payer: PAYER, payee: parseAddress(payee), lane, amount: BigInt(amount) };
  const signature = bytesToHex(sign(hashVoucher(authority.context.separator, voucher), payer.privateKey));
  const vouchers = [{ payer: PAYER, lane, amount, signature, final }];
  return (await pushVouchers(authority.context, session, { vouchers })).results[0];
}

test("a content with a share gets lanes to sellers at their part, and one to the publisher that covers them all", async () => {
  const { lanes, shares = [] } = await grantOf(payer);
  const { seller, publisher } = splitPrice(PRICE, 20);
  expect(new Set(lanes.map(({ allotment }) => allotment.pricePerGiB))).toEqual(new Set([`${seller}`]));
  expect(shares).toMatchObject([{ payee: PUBLISHER, payeeKey: PUBLISHER, pricePerGiB: `${publisher}`, credit: 0 }]);
  const sold = lanes.reduce((sum, { allotment }) => sum + BigInt(allotment.cap), 0n);
  expect(BigInt(shares[0]?.cap ?? 0)).toBeGreaterThanOrEqual(shareOf(sold, { seller, publisher }));
  // What both may take is reserved.
  const all = await listReservedLanes(authority.context.store.db, PAYER, ALL);
  expect(all.length).toBe(lanes.length + 1);
});

test("the authority takes the share from the payer, in the publisher's place, and gives a receipt", async () => {
  const { lanes, shares = [] } = await grantOf(payer);
  const [share, sold] = [shares[0] as AllotmentJson, lanes[0]?.allotment as AllotmentJson];
  expect(await bring(payer, share, "5")).toMatchObject({ amount: "5", lane: share.lane });
  expect(await bring(payer, share, `${BigInt(share.cap) + 1n}`)).toMatchObject({ code: "ABOVE_CAP" });
  expect(await bring(payer, sold, "5")).toMatchObject({ code: "PAYEE_WRONG" });
  expect(await bring(payees[0] as TestSession, share, "6")).toMatchObject({ code: "PAYEE_WRONG" });
  const otherDevice = await authority.session(PAYER, 12);
  expect(await bring(otherDevice, share, "6", true)).toMatchObject({ code: "PAYEE_WRONG" });
  // The payer has bought all that it wanted: the lane need not wait for its end.
  await bring(payer, share, "7", true);
  expect(await findLane(authority.context.store.db, PAYER, share.lane)).toMatchObject({ amount: "7", isFinal: 1 });
  const next = await grantOf(payer, [], 1);
  expect(next.shares).toBeUndefined();
});

test("a payer that leaves the share out gets no further lanes, until it pays", async () => {
  const ask = (topUp: number[], after: number) => grantOf(payer, topUp, after);
  const buyAll = async ({ lanes }: TrackerGrant): Promise<number[]> => {
    for (const { allotment } of lanes) {
      const payee = payees.find(({ sessionKey }) => sessionKey === allotment.payeeKey) as TestSession;
      await bring(payee, allotment, allotment.cap);
    }
    return lanes.map(({ allotment }) => allotment.lane);
  };
  let grant = await ask([], 0);
  for (let round = 1; round < 8; round++) grant = await ask(await buyAll(grant), round);
  expect(grant).toMatchObject({ shortage: "SHARE" });
  const used = await buyAll(grant);
  const before = (await listReservedLanes(authority.context.store.db, PAYER, ALL)).length;
  expect(await ask(used, 8)).toMatchObject({ shortage: "SHARE" });
  expect((await listReservedLanes(authority.context.store.db, PAYER, ALL)).length).toBe(before);
  for (const share of grant.shares ?? []) await bring(payer, share, share.cap);
  expect(await ask(used, 9)).toMatchObject({ shortage: null });
  expect((await listReservedLanes(authority.context.store.db, PAYER, ALL)).length).toBeGreaterThan(before);
});

test("a content with a share costs its publisher the sellers' part alone", async () => {
  const publisher = await authority.session(PUBLISHER, 31);
  authority.chain.fund(PUBLISHER, 5_000_000n);
  authority.chain.authorize(PUBLISHER, publisher.sessionKey);
  const { lanes, shares } = await grantOf(publisher);
  expect(lanes[0]?.allotment.pricePerGiB).toBe(`${splitPrice(PRICE, 20).seller}`);
  expect(shares).toBeUndefined();
});
