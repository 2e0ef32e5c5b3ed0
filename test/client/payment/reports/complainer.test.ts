import { afterEach, expect, test } from "vitest";
import { hexToBytes } from "../../../../protocol/base/bytes.ts";
import { AccessError, NetworkError } from "../../../../protocol/base/errors.ts";
import { recoverSigner } from "../../../../protocol/base/secp256k1.ts";
import { owed } from "../../../../protocol/base/units.ts";
import { hashVoucher } from "../../../../protocol/signed/voucher.ts";
import { PIECE, PIECES, PRICE, separator } from "../network.ts";
import { connect, exchange, grant, serve } from "../pair.ts";
import { stopPeers, TestPeer } from "../test-peer.ts";

const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));
/** A piece is a default after the pay-due time, and reported when it is unpaid for 20 more. */
const [REPORT_MS, PUSH_INTERVAL_MS] = [21 * 3_000, 2_000];

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

/** A payee, and a payer that has paid `paidPieces`, then takes a piece and does not pay it. */
async function startDefault(paidPieces: 0 | 1): Promise<{ payer: TestPeer; payee: TestPeer }> {
  const [payer, payee] = [new TestPeer(11), new TestPeer(12)];
  await payer.start(new Set());
  await payee.start(ALL);
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  if (paidPieces === 1) {
    await exchange(payer, payee, wire, 0);
    await payee.until(() => payee.hasEarned(owed(PIECE, PRICE)));
  }
  expect(serve(payee, wire.atPayee, 7)).toBe("serve");
  return { payer, payee };
}

/** Answers in flight have arrived. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("a debt that stays unpaid is reported with the lane's voucher and what is unpaid", async () => {
  const { payer, payee } = await startDefault(1);
  payee.time.advance(REPORT_MS - 1);
  expect(payee.complaintsPosted).toBe(0);
  payee.time.advance(1);
  await payee.until(() => payee.complaints.length === 1);
  const amount = owed(PIECE, PRICE);
  const [complaint] = payee.complaints;
  const { account, sessionKey } = payer.identity;
  expect(complaint).toMatchObject({ payer: account, lane: 1, amount: amount.toString() });
  // 61 base units are a little more than the price of a piece, because prices are rounded down.
  expect(complaint?.unpaidBytes).toBe(63_427);
  const digest = hashVoucher(separator, { payer: account, payee: payee.identity.account, lane: 1, amount });
  expect(recoverSigner(digest, hexToBytes(complaint?.signature as `0x${string}`))).toBe(sessionKey);
});

test("a payer that has never paid is reported without a voucher", async () => {
  const { payee } = await startDefault(0);
  payee.time.advance(REPORT_MS);
  await payee.until(() => payee.complaints.length === 1);
  expect(payee.complaints[0]).toMatchObject({ amount: "0", signature: null, unpaidBytes: PIECE });
});

test("while the authority cannot be reached it is asked again at every push interval, and that is logged once", async () => {
  const { payee } = await startDefault(0);
  payee.complaintFailure = new NetworkError("AUTHORITY_UNREACHABLE", "no way to it");
  payee.time.advance(REPORT_MS);
  for (let posts = 1; posts < 4; posts++) {
    await payee.until(() => payee.complaintsPosted === posts);
    await settle();
    payee.time.advance(PUSH_INTERVAL_MS - 1);
    expect(payee.complaintsPosted).toBe(posts);
    payee.time.advance(1);
  }
  payee.complaintFailure = null;
  await settle();
  payee.time.advance(PUSH_INTERVAL_MS);
  await payee.until(() => payee.complaints.length === 1);
  await settle();
  payee.time.advance(10 * PUSH_INTERVAL_MS);
  expect(payee.complaints).toHaveLength(1);
  expect(payee.lines.filter((line) => line.includes("does not take complaints now"))).toHaveLength(1);
});

test("a refused complaint is logged, and not made again", async () => {
  const { payee } = await startDefault(0);
  payee.complaintFailure = new AccessError("LANE_UNKNOWN", "there is no such lane");
  payee.time.advance(REPORT_MS);
  await payee.until(() => payee.lines.some((line) => line.includes("refuses the complaint about lane 1")));
  await settle();
  payee.time.advance(PUSH_INTERVAL_MS);
  await settle();
  expect(payee.complaintsPosted).toBe(1);
});
