import { afterEach, expect, test } from "vitest";
import { NOW, PIECE, PIECES } from "../network.ts";
import { connect, exchange, grant, serve, wiresBetween } from "../pair.ts";
import { stopPeers, TestPeer } from "../test-peer.ts";

/** Bans are by account, stored, and hold in both directions for a day of chain time. */

const ALL = new Set(Array.from({ length: PIECES }, (_, piece) => piece));
const DAY = 86_400;

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

async function start(peer: TestPeer, onDisk: ReadonlySet<number>): Promise<TestPeer> {
  await peer.start(onDisk);
  return peer;
}

/** A payer that was sold two bad pieces, and the payee that sold them. */
async function cheated(): Promise<{ payer: TestPeer; payee: TestPeer }> {
  const payer = await start(new TestPeer(11), new Set());
  const payee = await start(new TestPeer(12), ALL);
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  payee.isCopyRight = false;
  for (const piece of [0, 1]) {
    await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
    await payer.payments.payer.assign(wire.atPayer, [piece]);
    serve(payee, wire.atPayee, piece);
    payer.payments.payer.pieceFailed(wire.atPayer, piece);
  }
  // The ban takes effect only once it is stored.
  expect(payer.banned).toEqual([]);
  await payer.until(() => payer.banned.length > 0);
  return { payer, payee };
}

test("the second bad piece bans its source, and is logged", async () => {
  const { payer, payee } = await cheated();
  expect(payer.banned).toEqual([payee.identity.sessionKey]);
  expect(payer.lines).toEqual([expect.stringContaining("banned for a day: 0 pieces unpaid, 2 bad")]);
  expect(payer.store.findStanding(payee.identity.account)).toMatchObject({ badPieces: 2, bannedUntil: NOW + DAY });
});

test("a ban survives a restart: nothing is bought from or sold to the source, and its wires are refused", async () => {
  const { payer, payee } = await cheated();
  const again = await start(payer.copy(), ALL);
  const { atPayer, atPayee } = wiresBetween(again, payee);
  // Until the authority says whose key it is, the account is not known.
  expect(again.payments.wireOpened(atPayer)).toBe(true);
  payee.payments.wireOpened(atPayee);
  grant(again, payee, 2, 100);
  expect(again.banned).toEqual([payee.identity.sessionKey]);
  expect(again.payments.wireOpened(wiresBetween(again, payee).atPayer)).toBe(false);
  expect(again.payments.payer.askableBytes(atPayer.wireId)).toBe(0);
  grant(payee, again, 1, 100);
  await payee.until(() => payee.lines.some((line) => line.includes("BANNED")));
});

test("another session key of the same account is banned with it", async () => {
  const { payer } = await cheated();
  const other = await start(new TestPeer(13, undefined, 12), ALL);
  grant(payer, other, 3, 100);
  expect(payer.banned.at(-1)).toBe(other.identity.sessionKey);
  expect(payer.payments.wireOpened(wiresBetween(payer, other).atPayer)).toBe(false);
});

test("nothing is bought from an account that is banned as payer", async () => {
  const payer = await start(new TestPeer(11), new Set());
  const payee = await start(new TestPeer(12), ALL);
  await payee.store.saveStanding({
    account: payer.identity.account,
    defaults: 2,
    badPieces: 0,
    bannedUntil: NOW + DAY,
  });
  grant(payee, payer, 1, 100);
  expect(payee.banned).toEqual([payer.identity.sessionKey]);
});

test("the ban ends after a day of chain time", async () => {
  const { payer, payee } = await cheated();
  const again = await start(payer.copy(), new Set());
  const last = { now: NOW + DAY - 1, expiresAt: NOW + DAY + 100 };
  grant(again, payee, 2, 100, last);
  expect(again.payments.wireOpened(wiresBetween(again, payee).atPayer)).toBe(false);
  const after = await start(payer.copy(), new Set());
  grant(after, payee, 2, 100, { now: NOW + DAY, expiresAt: NOW + DAY + 100 });
  expect(after.banned).toEqual([]);
  expect(after.payments.wireOpened(wiresBetween(after, payee).atPayer)).toBe(true);
});

test("one bad piece is no ban", async () => {
  const payer = await start(new TestPeer(11), new Set());
  const payee = await start(new TestPeer(12), ALL);
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 100);
  payee.isCopyRight = false;
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  await exchange(payer, payee, wire, 0, false);
  payer.payments.payer.pieceFailed(wire.atPayer, 0);
  await payee.until(() => payee.rechecks === 1);
  expect(payer.store.findStanding(payee.identity.account)).toMatchObject({ badPieces: 1, bannedUntil: 0 });
  expect(payer.banned).toEqual([]);
});
