import { once } from "node:events";
import { join } from "node:path";
import bencode from "bencode";
import Server from "bittorrent-tracker/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuthorityClient } from "../../client/authority-client.ts";
import { sha256Of } from "../../scripts/devnet/file-hash.ts";
import { downloadWithAria2, hasProgram } from "../support/plain-client.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const FILE_BYTES = 5 * 1024 * 1024 + 77;
/** For a download that gets nothing. */
const GIVE_UP_SEC = 4;

interface Seeded {
  readonly path: string;
  readonly infoHash: string;
  /** As the authority serves it. */
  readonly metainfo: Uint8Array;
}

let world: SharedWorld;
let torrentPort: number;
let paid: Seeded;
let free: Seeded;
beforeAll(async () => {
  world = await shareWorld();
  const { home } = await world.customer("seeder");
  const peer = world.runner.start(["peer", "start", "--home", home]);
  torrentPort = Number((await peer.event("ready")).torrentPort);
  const seed = async (name: string, price: string): Promise<Seeded> => {
    const path = world.randomFile(`${name}.bin`, FILE_BYTES);
    const { infoHash } = await world.runner.run(["publish", path, "--price", price, "--home", home]);
    await world.runner.run(["peer", "add", String(infoHash), "--file", path, "--home", home]);
    const metainfo = await new AuthorityClient({ url: world.network.apiUrl }).metainfo(String(infoHash));
    return { path, infoHash: String(infoHash), metainfo };
  };
  paid = await seed("paid", "1.00");
  free = await seed("free", "0");
});
afterAll(() => world[Symbol.asyncDispose]());

/** A tracker that anyone may use, which lists our seeder, and the same torrent with its address. */
async function openTracker(infoHash: string, seederPort: number, metainfo: Uint8Array) {
  const server = new Server({ udp: false, ws: false, stats: false });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.http.address() as { port: number };
  const announce = `http://127.0.0.1:${port}/announce`;
  const hash = infoHash.replace(/../g, "%$&");
  await (await fetch(`${announce}?info_hash=${hash}&peer_id=${"p".repeat(20)}&port=${seederPort}&left=0`)).bytes();
  const torrent = bencode.encode({ ...(bencode.decode(metainfo) as object), announce });
  const asked: string[] = [];
  server.on("start", (address: string) => asked.push(address));
  const stop = () => new Promise<void>((resolve) => server.close(resolve));
  return { torrent, asked, stop };
}

describe.skipIf(!hasProgram("aria2c"))("aria2, which does not pay", () => {
  const download = (name: string, source: Uint8Array | string, giveUpSec?: number) =>
    downloadWithAria2(join(world.directory, `aria2-${name}`), source, giveUpSec);

  test("gets no byte of paid content from a seeder that an open tracker lists", async () => {
    const tracker = await openTracker(paid.infoHash, torrentPort, paid.metainfo);
    const done = await download("paid", tracker.torrent, GIVE_UP_SEC);
    await tracker.stop();
    expect(tracker.asked.length).toBe(1);
    expect(done.exitCode).not.toBe(0);
    expect(done.payloadBytes).toBe(0);
  });

  test("gets free content from the same seeder through an open tracker: the first test can fail", async () => {
    const tracker = await openTracker(free.infoHash, torrentPort, free.metainfo);
    const done = await download("open", tracker.torrent);
    await tracker.stop();
    expect(done.exitCode).toBe(0);
    expect(done.payloadBytes).toBeGreaterThanOrEqual(FILE_BYTES);
  });

  test("gets free content through our tracker, byte by byte", async () => {
    const done = await download("free", free.metainfo);
    expect(done.exitCode).toBe(0);
    expect(await sha256Of(done.path)).toBe(await sha256Of(free.path));
  });

  test("gets free content by its magnet link, for which it announces nothing left", async () => {
    const { trackerUrl } = await new AuthorityClient({ url: world.network.apiUrl }).info();
    const magnet = `magnet:?xt=urn:btih:${free.infoHash}&tr=${encodeURIComponent(trackerUrl)}`;
    const done = await download("magnet", magnet);
    expect(done.exitCode).toBe(0);
    expect(await sha256Of(done.path)).toBe(await sha256Of(free.path));
  });
});
