import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import bencode from "bencode";
import Server from "bittorrent-tracker/server";
import { expect, test } from "vitest";
import { createDialRule } from "../../../client/dial-rule.ts";
import { createTorrentEngine, type TorrentEngine } from "../../../client/torrent/engine.ts";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";
import { FakePayment } from "./fake-payment.ts";

const MIB = 2 ** 20;
const PIECE = 16 * MIB;
const SIZE = 2 ** 40;
const COUNT = SIZE / PIECE;
/** So many pieces from the start are no holes. */
const WRITTEN = 8;
const WANTED = 24;
/** A two thousandth of the content: some pieces, and what is counted of each. */
const ROOM = SIZE / 2_048;

const sha1 = (bytes: Uint8Array): Buffer => createHash("sha1").update(bytes).digest();

/** Of holes but for the first pieces. Its hashes are known without reading a TiB. */
function writeSparse(path: string, trackerUrl: string): Uint8Array {
  const pieces = Buffer.alloc(20 * COUNT, sha1(Buffer.alloc(PIECE)));
  const file = openSync(path, "w");
  ftruncateSync(file, SIZE);
  for (let piece = 0; piece < WRITTEN; piece++) {
    const bytes = randomBytes(PIECE);
    writeSync(file, bytes, 0, PIECE, piece * PIECE);
    pieces.set(sha1(bytes), 20 * piece);
  }
  closeSync(file);
  const info = { name: "huge.img", "piece length": PIECE, pieces, private: 1, length: SIZE };
  return bencode.encode({ announce: trackerUrl, info });
}

function hashOf(path: string, bytes: number): Buffer {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  const buffer = Buffer.alloc(PIECE);
  for (let at = 0; at < bytes; at += PIECE) hash.update(buffer.subarray(0, readSync(file, buffer, 0, PIECE, at)));
  closeSync(file);
  return hash.digest();
}

/** A hundredth of it is hashed at the start: ten seconds. */
test.runIf(process.env.FLOODGATE_DEEP === "1")(
  "a TiB in a sparse file is served and partly bought, and memory stays flat",
  async () => {
    const root = mkdtempSync(join(tmpdir(), "floodgate-huge-"));
    const server = new Server({ udp: false, ws: false, stats: false });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const trackerUrl = `http://127.0.0.1:${(server.http.address() as { port: number }).port}/announce`;
    const [path, out] = [join(root, "huge.img"), join(root, "out")];
    mkdirSync(out);
    const metainfo = writeSparse(path, trackerUrl);
    const { infoHash } = parseMetainfo(metainfo);
    const dialing = createDialRule(trackerUrl, () => 0);
    const start = (byte: string): Promise<TorrentEngine> =>
      createTorrentEngine({
        host: "127.0.0.1",
        port: 0,
        trackerUrl,
        dialing,
        sessionKey: `0x${byte.repeat(20)}`,
        maxWires: 20,
      });
    const [seeder, leecher] = [await start("01"), await start("02")];
    const before = process.memoryUsage.rss();
    let most = before;
    const look = (): void => {
      most = Math.max(most, process.memoryUsage.rss());
    };
    const paid = (port: number) => ({
      pricePerGiB: 1n,
      payment: Object.assign(new FakePayment(2), { port }),
    });
    const known = { bits: new Uint8Array(COUNT / 8).fill(255), suspects: [] };
    await seeder.add({
      ...{ metainfo, infoHash, known, place: { type: "seed", path }, paid: paid(4_001) },
      onEvent: look,
    });
    look();
    const bought = Promise.withResolvers<void>();
    let got = 0;
    await leecher.add({
      ...{ metainfo, infoHash, place: { type: "download", directory: out }, paid: paid(4_002) },
      order: "sequential",
      onEvent({ type }) {
        look();
        if (type === "progress" && ++got === WANTED) bought.resolve();
      },
    });
    await bought.promise;
    expect(hashOf(join(out, "huge.img.part"), WRITTEN * PIECE)).toEqual(hashOf(path, WRITTEN * PIECE));
    expect(most - before).toBeLessThan(ROOM);
    await Promise.all([seeder.stop(0), leecher.stop(0)]);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(root, { recursive: true });
  },
);
