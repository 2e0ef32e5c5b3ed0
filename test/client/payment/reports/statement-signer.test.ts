import { afterEach, expect, test } from "vitest";
import { hexToBytes } from "../../../../protocol/base/bytes.ts";
import { recoverSigner } from "../../../../protocol/base/secp256k1.ts";
import { owed } from "../../../../protocol/base/units.ts";
import { hashStatement } from "../../../../protocol/signed/statement.ts";
import { PIECE, PIECES, PRICE, separator } from "../network.ts";
import { connect, exchange, grant } from "../pair.ts";
import { stopPeers, TestPeer } from "../test-peer.ts";

const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));
const PUSH_INTERVAL_MS = 2_000;

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

/** A payer that has paid one piece on lane 1. */
async function paidPair(): Promise<{ payer: TestPeer; payee: TestPeer; amount: bigint }> {
  const [payer, payee] = [new TestPeer(11), new TestPeer(12)];
  await payer.start(new Set());
  await payee.start(ALL);
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await exchange(payer, payee, wire, 0);
  const amount = owed(PIECE, PRICE);
  await payee.until(() => payee.hasEarned(amount));
  return { payer, payee, amount };
}

/** The payer has looked once more at what the authority offers. */
async function nextRound(payer: TestPeer): Promise<void> {
  const asked = payer.offersAsked;
  payer.time.advance(PUSH_INTERVAL_MS);
  await payer.until(() => payer.offersAsked > asked);
  // Its timer is set again when the round is over.
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("a peer that has promised nothing asks for no statement", async () => {
  const { payer, payee } = await paidPair();
  expect([payer.offersAsked, payee.offersAsked]).toEqual([0, 0]);
  payee.time.advance(PUSH_INTERVAL_MS);
  expect(payee.offersAsked).toBe(0);
  await nextRound(payer);
  expect(payer.statements).toEqual([]);
});

test("an offer that differs from the ledger is refused, and logged once", async () => {
  const { payer, payee, amount } = await paidPair();
  const lanes = [{ payee: payee.identity.account, lane: 1, amount: (amount + 1n).toString() }];
  const offer = { payer: payer.identity.account, lanes };
  for (let round = 0; round < 3; round++) {
    payer.offers.push(offer);
    await nextRound(payer);
  }
  expect(payer.statements).toEqual([]);
  expect(payer.lines).toEqual([expect.stringContaining("lane 1 would pay")]);
});

test("a payer signs the offered statements with its session key, one after the other", async () => {
  const { payer, payee, amount } = await paidPair();
  const { account, sessionKey } = payer.identity;
  const full = { payee: payee.identity.account, lane: 1, amount };
  const less = { ...full, amount: amount - 1n };
  const offers = [full, less].map((lane) => ({
    payer: account,
    lanes: [{ ...lane, amount: lane.amount.toString() }],
  }));
  payer.offers.push(...offers);
  payer.time.advance(PUSH_INTERVAL_MS);
  await payer.until(() => payer.statements.length === 2);
  for (const [index, lane] of [full, less].entries()) {
    const { lanes, signature } = payer.statements[index] ?? { lanes: [], signature: "0x" };
    expect(lanes).toEqual(offers[index]?.lanes);
    const digest = hashStatement(separator, { payer: account, lanes: [lane] });
    expect(recoverSigner(digest, hexToBytes(signature))).toBe(sessionKey);
  }
});

test("a lane on which nothing can be settled any longer is no reason to ask", async () => {
  const { payer } = await paidPair();
  payer.time.advance(1_000 * (100 + 120));
  await payer.until(() => payer.offersAsked > 0);
  const asked = payer.offersAsked;
  payer.time.advance(PUSH_INTERVAL_MS);
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  payer.time.advance(PUSH_INTERVAL_MS);
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(payer.offersAsked).toBe(asked);
});
