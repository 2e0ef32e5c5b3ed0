import { afterEach, expect, test } from "vitest";
import { owed } from "../../../../protocol/base/units.ts";
import { CONTENT, NOW, PIECE, PIECES, PRICE } from "../network.ts";
import { connect, grant, serve, wiresBetween } from "../pair.ts";
import { stopPeers, TestPeer } from "../test-peer.ts";

/**
 * An honest payer may stand still: its laptop sleeps, its network stalls, it was stopped by Ctrl-Z.
 */

const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));
const [PAY_DUE_MS, ABSENCE_MS] = [3_000, 45_000];
const DAY = 86_400;

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

interface Buyer {
  readonly peer: TestPeer;
  readonly wire: { readonly atPayer: string; readonly atPayee: string };
}

async function startPayee(): Promise<TestPeer> {
  const payee = new TestPeer(12);
  await payee.start(ALL);
  return payee;
}

async function startBuyer(payee: TestPeer, seed: number, owner = seed): Promise<Buyer> {
  const peer = new TestPeer(seed, undefined, owner);
  await peer.start(new Set());
  const wire = connect(peer, payee);
  grant(peer, payee, seed, 100);
  await peer.until(() => peer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  return { peer, wire };
}

/** Gets a piece, and does not come to verifying it. */
async function take(payee: TestPeer, { peer, wire }: Buyer, piece: number): Promise<void> {
  await peer.payments.payer.assign(wire.atPayer, [piece]);
  peer.payments.payer.begin(wire.atPayer, piece);
  expect(serve(payee, wire.atPayee, piece)).toBe("serve");
}

const pay = ({ peer, wire }: Buyer, piece: number): void => {
  peer.payments.payer.pieceVerified(wire.atPayer, piece);
  peer.time.advance(100);
};

/**
 * An account that left a piece unpaid in each of two sessions, one after the other, and is banned.
 */
async function startBanned() {
  const payee = await startPayee();
  const first = await startBuyer(payee, 21);
  await take(payee, first, 0);
  payee.time.advance(PAY_DUE_MS);
  const second = await startBuyer(payee, 22, 21);
  await take(payee, second, 1);
  payee.time.advance(PAY_DUE_MS);
  await payee.until(() => payee.banned.length > 0);
  return { payee, first, second };
}

test("one absence is one default, however long it is, and nobody complains about it", async () => {
  const payee = await startPayee();
  const buyer = await startBuyer(payee, 21);
  await take(payee, buyer, 0);
  payee.time.advance(ABSENCE_MS);
  expect(payee.lines).toEqual([expect.stringContaining("left a piece unpaid")]);
  expect(payee.store.findStanding(buyer.peer.identity.account)).toMatchObject({ defaults: 1, bannedUntil: 0 });
  expect(payee.complaintsPosted).toBe(0);
});

test("what was left unpaid is forgiven when it is paid, and the window grows again", async () => {
  const payee = await startPayee();
  const buyer = await startBuyer(payee, 21);
  const { account } = buyer.peer.identity;
  for (const piece of [0, 1]) {
    await take(payee, buyer, piece);
    // The lane is good for 90 s.
    payee.time.advance(30_000);
    expect(payee.store.findStanding(account)).toMatchObject({ defaults: 1, bannedUntil: 0 });
    pay(buyer, piece);
    await payee.until(
      () => payee.hasEarned(owed((piece + 1) * PIECE, PRICE)) && payee.store.findStanding(account).defaults === 0,
    );
  }
  await take(payee, buyer, 2);
  pay(buyer, 2);
  await buyer.peer.until(() => buyer.peer.payments.payer.askableBytes(buyer.wire.atPayer) >= 2 * PIECE);
});

test("an account that begins anew and does not pay again is banned, and the authority hears of it at once", async () => {
  const { payee, first, second } = await startBanned();
  expect(payee.banned.toSorted()).toEqual([first.peer.identity.sessionKey, second.peer.identity.sessionKey].toSorted());
  await payee.until(() => payee.complaints.length === 1);
  expect(payee.payments.wireOpened(wiresBetween(first.peer, payee).atPayee)).toBe(false);
});

test("the refusal of a banned account says until when", async () => {
  const { payee } = await startBanned();
  const third = new TestPeer(23, undefined, 21);
  await third.start(new Set());
  const { atPayer } = wiresBetween(third, payee);
  third.payments.wireOpened(atPayer);
  grant(third, payee, 23, 100);
  await third.until(() => third.lines.length > 0);
  const until = new Date((NOW + DAY) * 1000).toISOString().replace(".000Z", "");
  expect(third.lines[0]).toContain(`refuses to sell: BANNED until ${until.slice(0, 16)}`);
  expect(third.payments.payer.outlook(CONTENT)).toMatchObject({
    sellers: 0,
    obstacles: [{ payeeKey: payee.identity.sessionKey, reason: "BANNED", isFinal: true }],
  });
});

test("a payer whose wires are all closed asks without one, and hears why", async () => {
  const { payee } = await startBanned();
  const third = new TestPeer(23, undefined, 21);
  await third.start(new Set());
  grant(third, payee, 23, 100);
  third.time.advance(2_000);
  await third.until(() => third.lines.length > 0);
  expect(third.lines[0]).toContain("BANNED");
});

test("a banned account that pays all that it owes is welcome at once", async () => {
  const { payee, first, second } = await startBanned();
  const { account } = first.peer.identity;
  pay(second, 1);
  await payee.until(() => payee.payments.totals().earned > 0n);
  expect(payee.store.findStanding(account).bannedUntil).toBeGreaterThan(0);
  pay(first, 0);
  await payee.until(() => payee.unbanned.length === 2);
  expect(payee.store.findStanding(account)).toMatchObject({ defaults: 0, bannedUntil: 0 });
  expect(payee.payments.wireOpened(wiresBetween(first.peer, payee).atPayee)).toBe(true);
});

test("a banned account pays over a new stream, without a wire", async () => {
  const { payee, first, second } = await startBanned();
  pay(second, 1);
  const again = first.peer.copy();
  // The piece is on its disk, and was not paid.
  await again.start(new Set([0]));
  grant(again, payee, 21, 100);
  again.time.advance(2_000);
  await payee.until(() => payee.unbanned.length > 0);
});

test("a lane that is accepted to be paid on does not lift a ban", async () => {
  const { payee, first } = await startBanned();
  const { account } = first.peer.identity;
  // Its lane is known, and it owes nothing on its own books.
  const again = first.peer.copy();
  await again.start(new Set());
  again.payments.wireOpened(wiresBetween(again, payee).atPayer);
  grant(again, payee, 21, 100);
  grant(again, payee, 24, 100);
  await again.until(() => again.lines.length > 0);
  again.time.advance(10_000);
  expect(again.lines.filter((line) => line.includes("BANNED"))).toHaveLength(1);
  expect(payee.store.findStanding(account).bannedUntil).toBeGreaterThan(0);
});
