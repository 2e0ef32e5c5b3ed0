import { afterEach, expect, test } from "vitest";
import { owed } from "../../../../protocol/base/units.ts";
import { CONTENT, PIECE, PIECES, PRICE } from "../network.ts";
import { connect, exchange, grant, serve } from "../pair.ts";
import { stopPeers, TestPeer } from "../test-peer.ts";

/** How much payers may owe together, which of them a payee serves, and what is no default. */

/** It has doubled twice. */
const WINDOW_AFTER_TWO = 4;
const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));
const TURN_MS = 10_000;

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

interface Buyer {
  readonly peer: TestPeer;
  readonly wire: { readonly atPayer: string; readonly atPayee: string };
  next: number;
}

async function startPayee(
  change: Partial<Pick<TestPeer, "uploadSlots" | "maxUnpaidBytes">>,
  seed = 12,
): Promise<TestPeer> {
  const payee = Object.assign(new TestPeer(seed), change);
  await payee.start(ALL);
  return payee;
}

/** A payer with an accepted lane, whether or not it is served. */
async function startBuyer(payee: TestPeer, seed: number, owner = seed): Promise<Buyer> {
  const peer = new TestPeer(seed, undefined, owner);
  await peer.start(new Set());
  const wire = connect(peer, payee);
  grant(peer, payee, seed, 1_000, { credit: 1_000 * PIECE });
  await peer.until(() => peer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  return { peer, wire, next: 0 };
}

const priceOf = (pieces: number): bigint => owed(pieces * PIECE, PRICE);
const askable = ({ peer, wire }: Buyer): number => Math.floor(peer.payments.payer.askableBytes(wire.atPayer) / PIECE);

/** Buys what it may, and waits until both sides agree that it is paid. */
async function buy(payee: TestPeer, buyer: Buyer): Promise<number> {
  const { earned } = payee.payments.totals();
  const came = await exchange(buyer.peer, payee, buyer.wire, buyer.next);
  const price = priceOf(buyer.next + came) - priceOf(buyer.next);
  buyer.next += came;
  buyer.peer.time.advance(100);
  await payee.until(() => payee.hasEarned(earned + price));
  await buyer.peer.until(() => askable(buyer) > 0);
  return came;
}

const steal = (payee: TestPeer, { wire, next }: Buyer): number => {
  let got = 0;
  while (serve(payee, wire.atPayee, next + got) === "serve") got++;
  return got;
};

test("all payers together owe no more than the process allows; a payer that waits goes on when another pays", async () => {
  const payee = await startPayee({ maxUnpaidBytes: 2 * PIECE });
  const [honest, thief] = [await startBuyer(payee, 21), await startBuyer(payee, 22)];
  expect(await buy(payee, thief)).toBe(1);
  // Its window is two pieces by now, but it is told its share.
  expect(askable(thief)).toBe(1);
  await honest.peer.payments.payer.assign(honest.wire.atPayer, [0]);
  honest.peer.payments.payer.begin(honest.wire.atPayer, 0);
  expect(serve(payee, honest.wire.atPayee, 0)).toBe("serve");
  expect(steal(payee, thief)).toBe(1);
  payee.resumed.length = 0;
  honest.peer.payments.payer.pieceVerified(honest.wire.atPayer, 0);
  await payee.until(() => payee.hasEarned(priceOf(2)) && payee.resumed.includes(thief.wire.atPayee));
  expect(steal(payee, { ...thief, next: 50 })).toBe(1);
});

test("the sessions of one account owe one window together", async () => {
  const payee = await startPayee({});
  const sessions = [await startBuyer(payee, 31), await startBuyer(payee, 32, 31)] as const;
  const stranger = await startBuyer(payee, 33);
  for (const session of sessions) {
    for (let payments = 0; payments < 8; payments++) await buy(payee, session);
    // 16 MiB are 256 pieces, one half of them for each; the price of what is left over is rounded
    // down.
    await session.peer.until(() => askable(session) >= 127);
    expect(askable(session)).toBeLessThanOrEqual(128);
  }
  // By now each has a window of 16 MiB, and more pieces to ask for than that.
  const [first, second] = sessions.map((session) => steal(payee, session)) as [number, number];
  expect(first).toBeGreaterThan(0);
  expect(first + second).toBe(256);
  expect(steal(payee, stranger)).toBe(1);
});

test("a payer without a slot waits for its turn; one that loses its slot gets the pieces it has begun", async () => {
  const payee = await startPayee({ uploadSlots: 1 });
  const [first, second] = [await startBuyer(payee, 21), await startBuyer(payee, 22)];
  expect([...payee.unchoked]).toEqual([first.wire.atPayee]);
  expect(serve(payee, second.wire.atPayee, 0)).toBe("hold");
  await buy(payee, first);
  await first.peer.payments.payer.assign(first.wire.atPayer, [1]);
  first.peer.payments.payer.begin(first.wire.atPayer, 1);
  expect(payee.payments.payee.decideRequest(first.wire.atPayee, 1, 0, 16_384)).toBe("serve");
  payee.time.advance(TURN_MS);
  expect(payee.unchoked).toEqual(new Set([first.wire.atPayee, second.wire.atPayee]));
  expect(serve(payee, first.wire.atPayee, 2)).toBe("hold");
  expect(serve(payee, first.wire.atPayee, 1)).toBe("serve");
  payee.time.advance(250);
  expect([...payee.unchoked]).toEqual([second.wire.atPayee]);
  // Its stream is still open: it pays, and none of this is a default.
  first.peer.payments.payer.pieceVerified(first.wire.atPayer, 1);
  first.peer.time.advance(100);
  await payee.until(() => payee.hasEarned(priceOf(2)));
  expect(await buy(payee, second)).toBe(1);
  payee.time.advance(TURN_MS);
  expect(payee.unchoked.has(first.wire.atPayee)).toBe(true);
  expect(payee.lines).toEqual([]);
});

test("a payer that pays keeps its slot; the other slot goes round among those that do not", async () => {
  const payee = await startPayee({ uploadSlots: 2 });
  const [payer, ...idle] = [await startBuyer(payee, 21), await startBuyer(payee, 22), await startBuyer(payee, 23)];
  const turns: number[] = [];
  for (let turn = 0; turn < 4; turn++) {
    await buy(payee, payer as Buyer);
    turns.push(idle.findIndex(({ wire }) => payee.unchoked.has(wire.atPayee)));
    expect(payee.unchoked.has((payer as Buyer).wire.atPayee)).toBe(true);
    expect(payee.unchoked.size).toBe(2);
    // The payer that loses its slot has begun nothing, so the next beat chokes it.
    payee.time.advance(TURN_MS);
    payee.time.advance(250);
  }
  expect(turns).toEqual([0, 1, 0, 1]);
});

test("a slot that is given back goes to another payer at once", async () => {
  const payee = await startPayee({ uploadSlots: 1 });
  const [first, second] = [await startBuyer(payee, 21), await startBuyer(payee, 22)];
  payee.payments.wireClosed(first.wire.atPayee);
  expect(payee.unchoked.has(second.wire.atPayee)).toBe(true);
});

test("the time to pay stands still while the payee itself stands still", async () => {
  const payee = await startPayee({});
  const buyer = await startBuyer(payee, 21);
  expect(serve(payee, buyer.wire.atPayee, 0)).toBe("serve");
  payee.time.stall(60_000);
  payee.time.advance(2_500);
  expect(payee.lines).toEqual([]);
  payee.time.advance(250);
  expect(payee.lines).toEqual([expect.stringContaining("unpaid for 3 s")]);
});

test("a voucher that waits for the payee's own disk is in time", async () => {
  const payee = await startPayee({});
  const buyer = await startBuyer(payee, 21);
  const disk = Promise.withResolvers<void>();
  const { saveVoucher } = payee.store;
  const saving = Promise.withResolvers<void>();
  payee.store.saveVoucher = (voucher) => {
    saving.resolve();
    const saved = disk.promise.then(() => saveVoucher.call(payee.store, voucher));
    return {
      committed: saved.then(({ committed }) => committed),
      synced: saved.then(({ synced }) => synced),
    };
  };
  expect(await exchange(buyer.peer, payee, buyer.wire, 0)).toBe(1);
  buyer.peer.time.advance(100);
  await saving.promise;
  payee.time.advance(60_000);
  expect(payee.lines).toEqual([]);
  disk.resolve();
  await payee.until(() => payee.hasEarned(priceOf(1)));
});

test("a voucher is served on when a kill cannot take it, and acknowledged when a power cut cannot", async () => {
  const payee = await startPayee({});
  const buyer = await startBuyer(payee, 21);
  const disk = Promise.withResolvers<void>();
  const { saveVoucher } = payee.store;
  payee.store.saveVoucher = (voucher) => {
    const { committed, synced } = saveVoucher.call(payee.store, voucher);
    return { committed, synced: synced.then(() => disk.promise) };
  };
  expect(await exchange(buyer.peer, payee, buyer.wire, 0)).toBe(1);
  await payee.until(() => payee.payments.totals().earned === priceOf(1));
  expect(steal(payee, { ...buyer, next: 1 })).toBe(2);
  // A new stream: the payee tells nothing of what it may lose, and gets it again.
  const again = payee.copy();
  await again.start(ALL);
  expect(again.store.findPayeeLane(buyer.peer.identity.account, 21)?.amount).toBe(priceOf(1));
  let isPaidUp = false;
  const finished = buyer.peer.payments.payer.finishContent(CONTENT).then(() => {
    isPaidUp = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isPaidUp).toBe(false);
  disk.resolve();
  await finished;
});

test("what is served while vouchers reach the disk is counted, however many reach it at once", async () => {
  const payee = await startPayee({});
  const buyer = await startBuyer(payee, 22);
  const disk = Promise.withResolvers<void>();
  const { saveVoucher } = payee.store;
  const syncs: Promise<void>[] = [];
  payee.store.saveVoucher = (voucher) => {
    const { committed, synced } = saveVoucher.call(payee.store, voucher);
    syncs.push(synced);
    return { committed, synced: synced.then(() => disk.promise) };
  };
  const { payer } = buyer.peer.payments;
  let next = 0;
  for (; next < 2; next++) {
    await payer.assign(buyer.wire.atPayer, [next]);
    payer.begin(buyer.wire.atPayer, next);
    expect(serve(payee, buyer.wire.atPayee, next)).toBe("serve");
    payer.pieceVerified(buyer.wire.atPayer, next);
    buyer.peer.time.advance(100);
    const price = priceOf(next + 1);
    await payee.until(() => payee.payments.totals().earned === price);
  }
  // Both vouchers reach the disk now, and each has one more piece asked for.
  const paid = next;
  await Promise.all(syncs);
  payee.onResume = () => {
    if (serve(payee, buyer.wire.atPayee, next) === "serve") next++;
  };
  disk.resolve();
  await payee.until(() => payee.hasEarned(priceOf(paid)));
  payee.onResume = () => undefined;
  while (serve(payee, buyer.wire.atPayee, next) === "serve") next++;
  expect(next).toBe(paid + WINDOW_AFTER_TWO);
});

test("the time to pay starts when the last block leaves", async () => {
  const payee = await startPayee({});
  const buyer = await startBuyer(payee, 21);
  payee.isSending = true;
  expect(serve(payee, buyer.wire.atPayee, 0)).toBe("serve");
  payee.time.advance(61_000);
  payee.isSending = false;
  payee.time.advance(2_750);
  expect(payee.lines).toEqual([]);
  payee.time.advance(250);
  expect(payee.lines).toEqual([expect.stringContaining("unpaid for 3 s")]);
});

test("a piece that another payee delivered is paid only there; here it is no default, and then forgiven", async () => {
  const [slow, quick] = [await startPayee({}), await startPayee({}, 13)];
  const buyer = await startBuyer(slow, 21);
  const { peer } = buyer;
  const elsewhere = connect(peer, quick);
  grant(peer, quick, 2, 100);
  await peer.until(() => peer.payments.payer.askableBytes(elsewhere.atPayer) >= PIECE);
  await peer.payments.payer.assign(buyer.wire.atPayer, [0]);
  for (const block of [0, 1, 2])
    expect(slow.payments.payee.decideRequest(buyer.wire.atPayee, 0, block * 16_384, 16_384)).toBe("serve");
  peer.payments.payer.unassign(buyer.wire.atPayer, [0]);
  expect(await exchange(peer, quick, elsewhere, 0)).toBe(1);
  await quick.until(() => quick.hasEarned(priceOf(1)));
  expect(serve(slow, buyer.wire.atPayee, 1)).toBe("hold");
  slow.time.advance(32_000);
  expect(slow.lines).toEqual([]);
  expect(slow.resumed).toContain(buyer.wire.atPayee);
  expect(serve(slow, buyer.wire.atPayee, 1)).toBe("serve");
  expect(slow.payments.totals().earned).toBe(0n);
  expect(peer.payments.totals()).toMatchObject({ bytesDown: PIECE, paid: priceOf(1) });
});

test("a piece whose wire was lost in flight is no default; it is sent again, and paid once", async () => {
  const payee = await startPayee({});
  const { peer, wire } = await startBuyer(payee, 21);
  await peer.payments.payer.assign(wire.atPayer, [0]);
  expect(serve(payee, wire.atPayee, 0)).toBe("serve");
  peer.payments.payer.unassign(wire.atPayer, [0]);
  peer.payments.wireClosed(wire.atPayer);
  payee.payments.wireClosed(wire.atPayee);
  payee.time.advance(20_000);
  const next = connect(peer, payee);
  await payee.until(() => payee.unchoked.has(next.atPayee));
  payee.time.advance(20_000);
  expect(payee.lines).toEqual([]);
  expect(await exchange(peer, payee, next, 0)).toBe(1);
  await payee.until(() => payee.hasEarned(priceOf(1)));
  expect(payee.payments.totals().bytesUp).toBe(PIECE);
});
