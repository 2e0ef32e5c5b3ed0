import { afterEach, expect, test } from "vitest";
import { owed } from "../../../protocol/base/units.ts";
import { HAS_IPV6 } from "../../support/has-ipv6.ts";
import { CONTENT, NOW, PIECE, PIECES, PRICE } from "./network.ts";
import { connect, exchange, grant, serve, wiresBetween } from "./pair.ts";
import { stopPeers, TestPeer } from "./test-peer.ts";

const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

async function start(seed: number, onDisk: ReadonlySet<number>, host = "127.0.0.1"): Promise<TestPeer> {
  const peer = new TestPeer(seed);
  peer.host = host;
  await peer.start(onDisk);
  return peer;
}

async function startPair(host?: string): Promise<{ payer: TestPeer; payee: TestPeer }> {
  return { payer: await start(11, new Set(), host), payee: await start(12, ALL, host) };
}

const priceOf = (pieces: number): bigint => owed(pieces * PIECE, PRICE);

test("a payer pays exactly for what it got, across the end of a lane, and both sides agree", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 10);
  grant(payer, payee, 2, 200);
  let got = 0;
  while (got < 50) {
    await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
    // Until its voucher is stored the payee holds what is asked for.
    await payee.until(() => payee.hasEarned(payer.payments.totals().paid));
    got += await exchange(payer, payee, wire, got);
    payer.time.advance(25);
  }
  await payer.payments.payer.finishContent(CONTENT);
  expect(payer.payments.totals()).toMatchObject({ bytesDown: got * PIECE, paid: priceOf(got) });
  expect(payee.payments.totals()).toMatchObject({ bytesUp: got * PIECE, earned: priceOf(got) });
});

test.skipIf(!HAS_IPV6)("a payer pays over IPv6", async () => {
  const { payer, payee } = await startPair("::1");
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 200);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  const got = await exchange(payer, payee, wire, 0);
  await payer.payments.payer.finishContent(CONTENT);
  await payee.until(() => payee.hasEarned(priceOf(got)));
});

test("a payee whose address may not be dialed is reached by the address of its wire", async () => {
  const { payer, payee } = await startPair();
  const asked: string[] = [];
  payer.mayDial = (host) => {
    asked.push(host);
    return false;
  };
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 200);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  expect(asked).toEqual(["127.0.0.1"]);
});

test("a payee that leaves brings its vouchers to an authority that is late, until it answers", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 10);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await exchange(payer, payee, wire, 0);
  await payer.payments.payer.finishContent(CONTENT);
  await payee.until(() => payee.hasEarned(priceOf(1)));
  payee.latePushes = 3;
  await payee.payments.stop(60_000);
  expect(payee.lines).toEqual([]);
  expect(payee.pushed.at(-1)?.vouchers).toMatchObject([{ amount: priceOf(1).toString(), final: true }]);
});

test("a stranger without a lane gets nothing", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  expect(payer.payments.payer.askableBytes(wire.atPayer)).toBe(0);
  expect(serve(payee, wire.atPayee, 0)).toBe("refuse");
});

test("a payer that stops paying gets one window and no more, also on a new wire and stream", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payee.until(() => payee.unchoked.has(wire.atPayee));
  let served = 0;
  for (let piece = 0; piece < 20; piece++) if (serve(payee, wire.atPayee, piece) === "serve") served++;
  expect(served).toBe(1);
  payer.payments.wireClosed(wire.atPayer);
  payee.payments.wireClosed(wire.atPayee);
  const again = connect(payer, payee);
  await payee.until(() => payee.unchoked.has(again.atPayee));
  for (let piece = 20; piece < 40; piece++) if (serve(payee, again.atPayee, piece) === "serve") served++;
  expect(served).toBe(1);
});

test("a piece left unpaid is a default", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payee.until(() => payee.unchoked.has(wire.atPayee));
  expect(serve(payee, wire.atPayee, 0)).toBe("serve");
  payee.time.advance(2_999);
  expect(payee.lines).toEqual([]);
  payee.time.advance(1);
  expect(payee.lines).toEqual([expect.stringContaining("window is one piece")]);
  expect(payee.banned).toEqual([]);
});

test.each([
  ["of another authority", { allotter: new Uint8Array(32).fill(9) }, "SIGNATURE_INVALID"],
  ["cheaper than the payee's price", { pricePerGiB: PRICE - 1n }, "PRICE_TOO_LOW"],
])("an allotment %s is refused", async (_name, change, reason) => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100, change);
  await payer.until(() => payer.lines.length > 0);
  expect(payer.lines).toEqual([expect.stringContaining(reason)]);
  expect(payer.payments.payer.askableBytes(wire.atPayer)).toBe(0);
  expect(serve(payee, wire.atPayee, 0)).toBe("refuse");
});

test("a killed payer pays once what it had verified; a killed payee keeps what it had stored", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  expect(await exchange(payer, payee, wire, 0)).toBe(1);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= 2 * PIECE);
  // Two pieces come and are on disk, but the payer dies before it has counted them.
  expect(await exchange(payer, payee, wire, 1, false)).toBe(2);
  const [payerAgain, payeeAgain] = [payer.copy(), payee.copy()];
  await payerAgain.start(new Set([0, 1, 2]));
  await payeeAgain.start(ALL);
  connect(payerAgain, payeeAgain);
  grant(payerAgain, payeeAgain, 1, 100);
  await payeeAgain.until(() => payeeAgain.hasEarned(priceOf(3) - priceOf(1)));
  expect(payerAgain.store.listPayerLanes(CONTENT)[0]?.amount).toBe(priceOf(3));
});

/**
 * A piece is on its way a second before the payee closes the lane: 10 s before its end, at 90 s.
 */
async function startAtTheEndOfALane() {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  payee.time.advance(89_000);
  await exchange(payer, payee, wire, 0, false);
  return { payer, payee, wire };
}

test("a voucher that is on its way when the lane ends is taken: the payer counts it as paid", async () => {
  const { payer, payee, wire } = await startAtTheEndOfALane();
  // The payer's clock is late.
  payee.time.advance(1_500);
  payer.payments.payer.pieceVerified(wire.atPayer, 0);
  await payee.until(() => payee.hasEarned(priceOf(1)));
  expect(payer.payments.totals().paid).toBe(priceOf(1));
  expect(payee.lines).toEqual([]);
});

test("a payer whose lanes have ended is no defaulter; once it has another lane, it must pay", async () => {
  const { payer, payee, wire } = await startAtTheEndOfALane();
  payee.time.advance(60_000);
  expect(payee.lines).toEqual([]);
  expect(payee.unchoked.has(wire.atPayee)).toBe(false);
  grant(payer, payee, 2, 100, { now: NOW + 150 });
  await payee.until(() => payee.unchoked.has(wire.atPayee));
  payee.time.advance(4_000);
  expect(payee.lines).toEqual([expect.stringContaining("left a piece unpaid")]);
});

test("the payee brings its vouchers to the authority, and closes the lanes that it asks for", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await exchange(payer, payee, wire, 0);
  await payee.until(() => payee.hasEarned(priceOf(1)));
  payee.toClose = [{ payer: payer.identity.account, lane: 1 }];
  payee.time.advance(2_000);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) === 0);
  expect(payee.pushed.flatMap(({ vouchers }) => vouchers.filter((voucher) => voucher.final))).toEqual([]);
  payee.time.advance(2_000);
  const isFinal = (): boolean => payee.pushed.some(({ vouchers }) => vouchers.some((voucher) => voucher.final));
  await payee.until(isFinal);
  expect(payee.pushed.at(-1)?.vouchers).toEqual([
    expect.objectContaining({ lane: 1, amount: priceOf(1).toString(), final: true }),
  ]);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) === 0);
  grant(payer, payee, 2, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
});

test("a piece called bad is forgiven only when our own copy is wrong", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  payee.isCopyRight = false;
  await exchange(payer, payee, wire, 0, false);
  payer.payments.payer.pieceFailed(wire.atPayer, 0);
  await payee.until(() => serve(payee, wire.atPayee, 1) === "serve");
  payee.isCopyRight = true;
  payer.payments.payer.pieceFailed(wire.atPayer, 1);
  expect(serve(payee, wire.atPayee, 2)).toBe("hold");
});

test("a bad piece fills its payee's window until the payee no longer offers it", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await exchange(payer, payee, wire, 0, false);
  payer.payments.payer.pieceFailed(wire.atPayer, 0);
  expect(payer.payments.payer.askableBytes(wire.atPayer)).toBeLessThan(PIECE);
  payer.payments.payer.pieceDisowned(wire.atPayer, 1);
  expect(payer.payments.payer.askableBytes(wire.atPayer)).toBeLessThan(PIECE);
  payer.payments.payer.pieceDisowned(wire.atPayer, 0);
  expect(payer.payments.payer.askableBytes(wire.atPayer)).toBeGreaterThanOrEqual(PIECE);
});

test("a bad piece that is asked of the same payee again is one debt, and is paid when it is right", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await exchange(payer, payee, wire, 0, false);
  payer.payments.payer.pieceFailed(wire.atPayer, 0);
  payer.payments.payer.begin(wire.atPayer, 0);
  payer.payments.payer.pieceVerified(wire.atPayer, 0);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  expect(payer.payments.totals().bytesDown).toBe(PIECE);
});

test("an offer that overtakes the handshake of its wire waits for it, also on a known lane", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await exchange(payer, payee, wire, 0, false);
  payer.payments.wireClosed(wire.atPayer);
  payee.payments.wireClosed(wire.atPayee);
  const next = wiresBetween(payer, payee);
  payer.payments.wireOpened(next.atPayer);
  // This message follows the offer on the same stream.
  payer.payments.payer.pieceFailed(next.atPayer.wireId, 0);
  await payee.until(() => payee.rechecks === 1);
  payee.payments.wireOpened(next.atPayee);
  await payee.until(() => payee.unchoked.has(next.atPayee.wireId));
});

test("a lane of another device that the authority wants closed is no reason to push again at once", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await exchange(payer, payee, wire, 0);
  await payee.until(() => payee.hasEarned(priceOf(1)));
  payee.alwaysToClose = [{ payer: payer.identity.account, lane: 99 }];
  payee.time.advance(2_000);
  await payee.until(() => payee.pushed.length > 0);
  // Each write takes a turn of the store, as the push's own writes do.
  for (let turn = 0; turn < 20; turn++) await payee.store.saveClosed(payer.identity.account, 98);
  expect(payee.pushed.length).toBe(1);
});

test("a default does not lift a ban that another content has brought", async () => {
  const { payer, payee } = await startPair();
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  await payee.until(() => payee.unchoked.has(wire.atPayee));
  const { account } = payer.identity;
  await payee.store.saveStanding({ account, defaults: 2, badPieces: 0, bannedUntil: 2_000_000_000 });
  expect(serve(payee, wire.atPayee, 0)).toBe("serve");
  payee.time.advance(3_000);
  expect(payee.store.findStanding(account)).toEqual({ account, defaults: 2, badPieces: 0, bannedUntil: 2_000_000_000 });
});
