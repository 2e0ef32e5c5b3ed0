import { once } from "node:events";
import { join } from "node:path";
import bencode from "bencode";
import Server from "bittorrent-tracker/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuthorityClient } from "../../client/authority-client.ts";
import { sha256Of } from "../../scripts/devnet/file-hash.ts";
import { downloadWithAria2, hasProgram } from "../support/plain-client.ts";
import { startWorld, type World } from "../support/world.ts";

const FILE_BYTES = 8 * 1024 * 1024 + 77;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** A seeder of a new file, and the .torrent that the authority serves for it. */
async function seedFile(name: string, price: string) {
  const seeder = await world.customer(name);
  const path = world.randomFile(`${name}.bin`, FILE_BYTES);
  const home = ["--home", seeder.home];
  const { infoHash } = await world.runner.run(["publish", path, "--price", price, ...home]);
  const seed = world.runner.start(["seed", String(infoHash), "--file", path, ...home]);
  const ready = await seed.event("ready");
  const metainfo = await new AuthorityClient({ url: world.network.apiUrl }).metainfo(String(infoHash));
  return { path, infoHash: String(infoHash), metainfo, torrentPort: Number(ready.torrentPort) };
}

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
  test("gets no byte of paid content from a seeder that an open tracker lists", async () => {
    const seeded = await seedFile("paid", "1.00");
    const tracker = await openTracker(seeded.infoHash, seeded.torrentPort, seeded.metainfo);
    const download = await downloadWithAria2(join(world.directory, "aria2-paid"), tracker.torrent);
    await tracker.stop();
    expect(tracker.asked.length).toBe(1);
    expect(download.exitCode).not.toBe(0);
    expect(download.payloadBytes).toBe(0);
  });

  test("gets free content from the same seeder's kind through our tracker, byte by byte", async () => {
    const seeded = await seedFile("free", "0");
    const download = await downloadWithAria2(join(world.directory, "aria2-free"), seeded.metainfo);
    expect(download.exitCode).toBe(0);
    expect(await sha256Of(download.path)).toBe(await sha256Of(seeded.path));
  });

  test("gets free content by its magnet link, for which it announces nothing left", async () => {
    const seeded = await seedFile("magnet", "0");
    const { trackerUrl } = await new AuthorityClient({ url: world.network.apiUrl }).info();
    const magnet = `magnet:?xt=urn:btih:${seeded.infoHash}&tr=${encodeURIComponent(trackerUrl)}`;
    const download = await downloadWithAria2(join(world.directory, "aria2-magnet"), magnet);
    expect(download.exitCode).toBe(0);
    expect(await sha256Of(download.path)).toBe(await sha256Of(seeded.path));
  });

  test("gets free content through an open tracker, too: the first test can fail", async () => {
    const seeded = await seedFile("open", "0");
    const tracker = await openTracker(seeded.infoHash, seeded.torrentPort, seeded.metainfo);
    const download = await downloadWithAria2(join(world.directory, "aria2-open"), tracker.torrent);
    await tracker.stop();
    expect(download.exitCode).toBe(0);
    expect(download.payloadBytes).toBeGreaterThanOrEqual(FILE_BYTES);
  });
});
