import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { owed } from "../../../protocol/base/units.ts";
import type { Line } from "../../../scripts/devnet/command.ts";
import { sha256Of } from "../../../scripts/devnet/file-hash.ts";
import { type SharedWorld, shareWorld } from "../../support/world.ts";

const MIB = 1024 * 1024;
/** 1.00 per GiB, in base units. */
const PRICE = 1_000_000n;

let world: SharedWorld;
beforeAll(async () => {
  world = await shareWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** A registered home without any money. */
async function unfunded(name: string): Promise<string> {
  const home = join(world.directory, name);
  await world.runner.run(["wallet", "new", "--home", home]);
  await world.runner.run(["register", "--authority", world.network.apiUrl, "--home", home]);
  return home;
}

async function publishAndSeed(home: string, name: string, bytes: number, price: string, ...options: string[]) {
  const path = world.randomFile(name, bytes);
  const { infoHash } = await world.runner.run(["publish", path, "--price", price, "--home", home]);
  const seed = world.runner.start(["seed", String(infoHash), "--file", path, "--home", home, ...options]);
  await seed.event("ready");
  return { path, seed, id: String(infoHash) };
}

test("a download that Ctrl-C stopped goes on at once, by a shortened id, and pays each piece once", async () => {
  const bytes = 16 * MIB + 77;
  const seeder = await unfunded("seeder");
  // Four seconds at least: Ctrl-C meets the download.
  const { path, seed, id } = await publishAndSeed(seeder, "film.bin", bytes, "1.00", "--upload-limit", "4096");
  const { home } = await world.customer("leecher");
  const get = ["get", id.slice(0, 8), "--out", join(home, "downloads"), "--home", home];

  const first = world.runner.start(get);
  await first.line((line) => line.event === "progress" && Number(line.bytesDone) > bytes / 3);
  let totals: Line = {};
  const counted = first.line((line) => {
    if (line.event === "progress") totals = line;
    return line.error !== undefined;
  });
  await first.stop();
  expect(await counted).toMatchObject({ error: { code: "INTERRUPTED" } });
  const done = await world.runner.run(get);
  await seed.stop();

  expect(done).toMatchObject({ event: "done", path: join(home, "downloads", "film.bin"), bytesDone: bytes });
  expect(await sha256Of(String(done.path))).toBe(await sha256Of(path));
  expect(Number(totals.bytesDown) + Number(done.bytesDown)).toBe(bytes);
  expect(BigInt(String(totals.paid)) + BigInt(String(done.paid))).toBe(owed(bytes, PRICE));
  expect(seed.lastLine).toMatchObject({ bytesUp: bytes, earned: owed(bytes, PRICE).toString() });
});

test("a download that is complete costs nothing to run again, and seeds on without an account's money", async () => {
  const seeder = await unfunded("publisher");
  const { path, seed, id } = await publishAndSeed(seeder, "song.bin", 5 * MIB, "0");
  const home = await unfunded("listener");
  const get = ["get", id, "--out", join(home, "downloads"), "--home", home];

  const done = await world.runner.run(get);
  await seed.stop();
  const again = world.runner.start([...get, "--seed"]);
  const doneAgain = await again.event("done");
  await again.stop();

  expect(await sha256Of(String(done.path))).toBe(await sha256Of(path));
  expect(done).toMatchObject({ bytesDone: 5 * MIB, bytesTotal: 5 * MIB, paid: "0" });
  expect(doneAgain).toMatchObject({ path: done.path, paid: "0" });
  expect(await again.exited()).toBe(0);
});
