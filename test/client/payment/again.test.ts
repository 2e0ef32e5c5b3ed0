import { afterEach, expect, test } from "vitest";
import { owed } from "../../../protocol/base/units.ts";
import { CONTENT, PIECE, PIECES, PRICE } from "./network.ts";
import { connect, exchange, grant, serve } from "./pair.ts";
import { stopPeers, TestPeer } from "./test-peer.ts";

/** The same content again, over a seller that runs on; and money whose stream broke. */

const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

async function startPair(): Promise<{ payer: TestPeer; payee: TestPeer }> {
  const [payer, payee] = [new TestPeer(11), new TestPeer(12)];
  await payer.start(new Set());
  await payee.start(ALL);
  return { payer, payee };
}

const priceOf = (pieces: number): bigint => owed(pieces * PIECE, PRICE);

test("each download of the same content is served and paid, also the fifth", async () => {
  const { payer, payee } = await startPair();
  let peer = payer;
  for (let download = 1; download <= 5; download++) {
    if (download > 1) {
      peer = peer.copy();
      await peer.start(new Set());
    }
    const wire = connect(peer, payee);
    grant(peer, payee, download, 10);
    for (const piece of [0, 1, 2]) {
      await peer.until(() => peer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
      await peer.payments.payer.assign(wire.atPayer, [piece]);
      peer.payments.payer.begin(wire.atPayer, piece);
      await payee.until(() => payee.hasEarned(priceOf(3 * (download - 1) + piece)));
      expect(serve(payee, wire.atPayee, piece)).toBe("serve");
      peer.payments.payer.pieceVerified(wire.atPayer, piece);
      peer.time.advance(100);
    }
    await peer.payments.payer.finishContent(CONTENT);
    await payee.until(() => payee.hasEarned(priceOf(3 * download)));
    peer.payments.wireClosed(wire.atPayer);
    payee.payments.wireClosed(wire.atPayee);
  }
  expect(payee.payments.totals().bytesUp).toBe(15 * PIECE);
});

test("a payer that asks for the same unpaid block too often is told so, and is welcome when it has paid", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 10);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await payer.payments.payer.assign(wire.atPayer, [0]);
  payer.payments.payer.begin(wire.atPayer, 0);
  for (let times = 0; times < 3; times++) expect(serve(payee, wire.atPayee, 0)).toBe("serve");
  expect(serve(payee, wire.atPayee, 0)).toBe("refuse");
  await payer.until(() => payer.lines.some((line) => line.includes("SENT_TOO_OFTEN")));
  expect(payer.payments.payer.outlook(CONTENT).obstacles).toMatchObject([{ reason: "SENT_TOO_OFTEN" }]);
  payer.payments.payer.pieceVerified(wire.atPayer, 0);
  payer.time.advance(100);
  await payer.until(() => payer.payments.payer.outlook(CONTENT).obstacles.length === 0);
});

test("lanes that have paid nothing stay good for the next download, those that have paid are closed", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 10);
  grant(payer, payee, 2, 10);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await exchange(payer, payee, wire, 0);
  await payer.payments.payer.finishContent(CONTENT);
  const { account } = payer.identity;
  await expect.poll(() => payee.store.findPayeeLane(account, 1)?.isClosed).toBe(true);
  expect(payee.store.findPayeeLane(account, 2)?.isClosed).toBe(false);
  const again = payer.copy();
  await again.start(new Set());
  const next = connect(again, payee);
  // The authority gives nothing new: it names the lane that there is.
  grant(again, payee, 2, 10);
  await again.until(() => again.payments.payer.askableBytes(next.atPayer) >= PIECE);
});

test("a voucher that was lost with its stream is brought again, also when its lane was closed meanwhile", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 10);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  // The payee as it would be without the voucher.
  const payeeAgain = payee.copy();
  await payeeAgain.store.saveClosed(payer.identity.account, 1);
  await exchange(payer, payee, wire, 0);
  await payee.until(() => payee.hasEarned(priceOf(1)));
  const payerAgain = payer.copy();
  await payerAgain.start(new Set([0]));
  await payeeAgain.start(ALL);
  grant(payerAgain, payeeAgain, 1, 10);
  await payeeAgain.until(() => payeeAgain.hasEarned(priceOf(1)));
  await payerAgain.payments.payer.finishContent(CONTENT);
});
