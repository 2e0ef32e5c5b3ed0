import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLIENTS, type PlainClient } from "../../scripts/bench/proxy/clients.ts";
import { writeWave } from "../../scripts/bench/proxy/wave-file.ts";
import { sha256Of } from "../../scripts/devnet/file-hash.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const BYTES = 4.5 * 1024 * 1024 + 1_234;

let world: SharedWorld;
let url: string;
let hash: string;
let id: string;
let home: string;

beforeAll(async () => {
  world = await shareWorld();
  const [seller, reader] = await Promise.all([world.customer("seller"), world.customer("reader")]);
  home = reader.home;
  const path = join(world.directory, "noise.wav");
  writeWave(path, BYTES);
  hash = await sha256Of(path);
  const { infoHash } = await world.runner.run(["publish", path, "--price", "1.00", "--home", seller.home]);
  id = String(infoHash);
  await world.runner.start(["seed", id, "--file", path, "--home", seller.home]).event("ready");
  const proxy = world.runner.start(["proxy", "--out", join(world.directory, "cache"), "--home", home]);
  url = String((await proxy.event("ready")).url);
});
afterAll(() => world[Symbol.asyncDispose]());

/** In CI its absence is an error, elsewhere a visible skip. */
function isHere({ missing }: PlainClient): boolean {
  const why = missing();
  if (why !== null && process.env.FLOODGATE_REQUIRE_DEBIAN === "1") throw new Error(why);
  return why === null;
}

for (const client of CLIENTS) {
  test.skipIf(!isHere(client))(`${client.name} buys the bytes without knowing it`, async () => {
    const directory = join(world.directory, client.name);
    mkdirSync(directory);
    const urls = { file: `${url}${id}/noise.wav`, torrent: `${url}${id}.torrent`, path: "noise.wav" };
    expect(await sha256Of(await client.fetch(urls, directory))).toBe(hash);
    // The next program buys it again.
    await world.runner.run(["peer", "rm", id, "--data", "--home", home]);
  });
}
