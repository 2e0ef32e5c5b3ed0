import { openSync, writeSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HAS_IPV6 } from "../../support/has-ipv6.ts";
import { FakePayment } from "./fake-payment.ts";
import { PIECE, PIECES, Swarm } from "./swarm.ts";

let swarm: Swarm;
beforeEach(async () => {
  swarm = await new Swarm().start();
});
afterEach(() => swarm.stop());

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);
const ALL = Array.from({ length: PIECES }, (_, piece) => piece);

/** Fails the test when more pieces are under way than the payee would serve. */
class StrictPayment extends FakePayment {
  readonly #limit: number;
  most = 0;

  constructor(pieces: number) {
    super(pieces);
    this.#limit = pieces;
  }

  override begin(wireId: string, piece: number): void {
    super.begin(wireId, piece);
    this.most = Math.max(this.most, this.begun.get(wireId)?.size ?? 0);
    if (this.most > this.#limit) throw new Error("asked beyond the window");
  }
}

test("three leechers download at once, each piece from one source, also from each other", async () => {
  await swarm.seed(1);
  const leechers = await Promise.all([2, 3, 4].map((number) => swarm.download(number)));
  await Promise.all(leechers.map(({ content }) => content.complete));
  for (const { path, payment } of leechers) {
    expect(swarm.isCopy(path)).toBe(true);
    expect(sorted(payment.verified.map(({ piece }) => piece))).toEqual(ALL);
    expect(payment.failed).toEqual([]);
  }
  const sources = leechers.flatMap(({ payment }) => payment.verified.map(({ wireId }) => payment.remotes.get(wireId)));
  expect(new Set(sources).size).toBeGreaterThan(1);
});

test.skipIf(!HAS_IPV6)("peers find each other and exchange pieces over IPv6 (BEP 7)", async () => {
  const over6 = await new Swarm({ host: "::1" }).start();
  await over6.seed(1);
  const leecher = await over6.download(2);
  await leecher.content.complete;
  expect(over6.isCopy(leecher.path)).toBe(true);
  await over6.stop();
});

test("a window of one piece is respected, and stops no download", async () => {
  await swarm.seed(1);
  const payment = new StrictPayment(1);
  const leecher = await swarm.download(2, payment);
  await leecher.content.complete;
  expect(swarm.isCopy(leecher.path)).toBe(true);
  expect(payment.most).toBe(1);
});

test("a resumed download asks only for what is missing", async () => {
  await swarm.seed(1);
  const first = await swarm.download(2);
  await first.until(() => first.payment.verified.length > 20);
  await first.stop();
  const had = new Set(first.payment.verified.map(({ piece }) => piece));
  const second = await swarm.download(3, new FakePayment(8), "out-2");
  await second.content.complete;
  expect(swarm.isCopy(second.path)).toBe(true);
  expect(second.payment.onDisk.get(swarm.infoHash)).toEqual(had);
  expect(sorted(second.payment.verified.map(({ piece }) => piece))).toEqual(ALL.filter((piece) => !had.has(piece)));
});

test("a payee is asked first for pieces that were begun with it in an earlier run", async () => {
  const seeders = [await swarm.seed(1), await swarm.seed(2)];
  const begun = [7, 42, 80];
  const payment = new FakePayment(4);
  const addContent = payment.addContent.bind(payment);
  payment.addContent = (terms, onDisk) => {
    addContent(terms, onDisk);
    return new Map(begun.map((piece) => [piece, seeders[1]?.sessionKey ?? "0x"]));
  };
  const leecher = await swarm.download(3, payment);
  await leecher.content.complete;
  const sourceOf = (piece: number) => {
    const wireId = payment.verified.find((one) => one.piece === piece)?.wireId ?? "";
    return payment.remotes.get(wireId);
  };
  expect(begun.map(sourceOf)).toEqual(begun.map(() => seeders[1]?.sessionKey));
});

test("wrong pieces are recognized, not counted, and bought from another source", async () => {
  const hostile = await swarm.seed(1);
  // The copy was right when it was checked.
  const file = openSync(hostile.path, "r+");
  for (let piece = 0; piece < PIECES; piece++) writeSync(file, "spoilt", piece * PIECE);
  const leecher = await swarm.download(3);
  const { payment } = leecher;
  payment.pieceFailed = (wireId, piece) => {
    FakePayment.prototype.pieceFailed.call(payment, wireId, piece);
    // As payment does after two wrong pieces.
    if (payment.failed.length === 2) leecher.engine.port.ban(hostile.sessionKey);
  };
  await leecher.until(() => payment.failed.length >= 2);
  const honest = await swarm.seed(2);
  await leecher.content.complete;
  expect(swarm.isCopy(leecher.path)).toBe(true);
  const keyOf = (wireId: string) => payment.remotes.get(wireId);
  expect(new Set(payment.failed.map(({ wireId }) => keyOf(wireId)))).toEqual(new Set([hostile.sessionKey]));
  // Its cache may still hold some right pieces.
  const failed = payment.failed.map(({ piece }) => piece);
  const sources = payment.verified.filter(({ piece }) => failed.includes(piece)).map(({ wireId }) => keyOf(wireId));
  expect(sources).toEqual(failed.map(() => honest.sessionKey));
});

test("nothing is sent to a peer whose offer was not accepted", async () => {
  const payment = new FakePayment(8);
  payment.decide = () => "refuse";
  const seeder = await swarm.seed(1, payment);
  const leecher = await swarm.download(2);
  // A second seeder completes the download; by then the first one has had its chance.
  await swarm.seed(3);
  await leecher.content.complete;
  const fromFirst = leecher.payment.verified.filter(
    ({ wireId }) => leecher.payment.remotes.get(wireId) === seeder.sessionKey,
  );
  expect(fromFirst).toEqual([]);
  expect(seeder.content.progress().rateUp).toBeLessThan(PIECE);
});

test("requests that a payee holds until it chokes go to others, and go on when it resumes", async () => {
  const payment = new FakePayment(8);
  let served = 0;
  payment.decide = () => (served++ < 40 ? "serve" : "hold");
  await swarm.seed(1, payment);
  const leecher = await swarm.download(2);
  await leecher.until(() => leecher.payment.verified.length >= 8);
  payment.decide = () => "serve";
  for (const wire of payment.wires.values()) wire.resume();
  await leecher.content.complete;
  expect(swarm.isCopy(leecher.path)).toBe(true);
});

test("a copy that was spoilt on disk is found when a payer reports its piece as bad", async () => {
  const seeder = await swarm.seed(1);
  const { port } = seeder.engine;
  expect(await port.recheckPiece(swarm.infoHash, 3)).toBe(true);
  writeSync(openSync(seeder.path, "r+"), "spoilt", 3 * PIECE);
  expect(await port.recheckPiece(swarm.infoHash, 3)).toBe(false);
  expect(await port.recheckPiece(swarm.infoHash, 3)).toBe(false);
  expect(await port.recheckPiece(swarm.infoHash, PIECES)).toBe(false);
});

test("a torrent that already runs is refused", async () => {
  const leecher = await swarm.download(2);
  await expect(
    leecher.engine.add({
      metainfo: new Uint8Array([1]),
      infoHash: swarm.infoHash,
      place: { type: "download", directory: swarm.directory },
      paid: null,
      onEvent: () => undefined,
    }),
  ).rejects.toMatchObject({ code: "CONTENT_TWICE" });
});
