import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { owed } from "../../protocol/base/units.ts";
import { parseMetainfo } from "../../protocol/bittorrent/metainfo.ts";
import type { Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const MIB = 1024 * 1024;
const PRICE = 1_000_000n;
const FILES: Readonly<Record<string, Buffer>> = {
  "Season 1/01 Ünïcode.bin": randomBytes(5 * MIB + 1),
  "Season 1/notes/empty.txt": Buffer.alloc(0),
  "Season 1/notes/読んで.txt": Buffer.from("read me"),
  "Season 2/01.bin": randomBytes(3 * MIB),
  "zz.bin": randomBytes(99),
};
const SIZE = Object.values(FILES).reduce((sum, { length }) => sum + length, 0);
/** KiB per second: slow enough to be met in the middle. */
const SLOW = "2048";

let world: SharedWorld;
let seller: Customer;
let buyer: Customer;
let folder: string;
let id: string;

beforeAll(async () => {
  world = await shareWorld();
  [seller, buyer] = await Promise.all([world.customer("seller"), world.customer("buyer")]);
  folder = join(world.directory, "A Series");
  for (const [path, bytes] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const published = await world.runner.run(["publish", folder, "--price", "1.00", "--home", seller.home]);
  expect(published).toMatchObject({ title: "A Series", sizeBytes: SIZE });
  id = String(published.infoHash);
});
afterAll(() => world[Symbol.asyncDispose]());

const run = (customer: Customer, ...args: string[]): Promise<Line> =>
  world.runner.run([...args, "--home", customer.home]);

/** Paths below a folder, and the hash of each file. */
function tree(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(root.length + 1), createHash("sha256").update(readFileSync(path)).digest("hex")];
    }),
  );
}

test("a folder is sold, killed in the middle, gone on with, and arrives as it was, paid once", async () => {
  const seed = world.runner.start(["seed", id, "--file", folder, "--upload-limit", SLOW, "--home", seller.home]);
  await seed.event("ready");
  const out = join(world.directory, "out");
  const get = ["get", id, "--out", out, "--home", buyer.home];
  const first = world.runner.start(get);
  await first.line(({ event, bytesDone }) => event === "progress" && Number(bytesDone) > SIZE / 3);
  await first.kill();
  const done = await world.runner.run(get);
  expect(done).toMatchObject({ event: "done", path: join(out, "A Series"), bytesTotal: SIZE, bytesDone: SIZE });
  expect(tree(out)).toEqual(
    Object.fromEntries(Object.entries(tree(folder)).map(([path, hash]) => [`A Series/${path}`, hash])),
  );
  const secret = join(world.network.operatorHome, "operator-secret");
  const { apiUrl } = world.network;
  await world.runner.run(["settle", "--close", "--wait", "--authority", apiUrl, "--secret-file", secret]);
  await seed.stop();
  expect((await run(buyer, "balance")).paid).toBe(owed(SIZE, PRICE).toString());
});

test("some files of a folder are told, bought and paid by themselves", async () => {
  const picker = await world.customer("picker");
  const seed = world.runner.start(["seed", id, "--file", folder, "--home", seller.home]);
  await seed.event("ready");
  const out = join(world.directory, "some");
  const quotes: Line[] = [];
  const get = world.runner.start(
    ["get", id, "--out", out, "--files", "Season 2/*", "--files", "*.txt", "--home", picker.home],
    (line) => line.event === "quote" && quotes.push(line),
  );
  expect(await get.exited()).toBe(0);
  const bytes = 3 * MIB + "read me".length;
  const cost = owed(bytes, PRICE).toString();
  expect(quotes).toMatchObject([{ bytes, cost }]);
  expect(get.lastLine).toMatchObject({ event: "done", bytesTotal: bytes, bytesDone: bytes, paid: cost });
  const names = ["Season 1/notes/empty.txt", "Season 1/notes/読んで.txt", "Season 2/01.bin"];
  expect(Object.keys(tree(join(out, "A Series"))).toSorted()).toEqual(names);
  expect(tree(folder)).toMatchObject(tree(join(out, "A Series")));
  await seed.stop();
});

test("peers hold, move and forget folders, and the proxy serves what is within them", async () => {
  const selling = world.runner.start(["peer", "start", "--home", seller.home]);
  await selling.event("ready");
  expect(await run(seller, "peer", "add", id, "--file", folder)).toMatchObject({ state: "seeding", bytesDone: SIZE });
  const buying = world.runner.start(["peer", "start", "--home", buyer.home]);
  await buying.event("ready");
  const some = join(world.directory, "by peer");
  expect(await run(buyer, "peer", "add", id, "--out", some, "--files", "*.srt").catch(String)).toContain(
    "FILES_UNMATCHED",
  );
  const lines: Line[] = [];
  const get = ["get", id, "--out", some, "--files", "zz.bin", "--home", buyer.home];
  await world.runner.start(get, (line) => void lines.push(line)).exited();
  expect(lines[0]).toMatchObject({ event: "quote", bytes: 99 });
  expect(lines.at(-1)).toMatchObject({ event: "done", bytesDone: 99, bytesTotal: 99 });
  expect(Object.keys(tree(some))).toEqual(["A Series/zz.bin"]);
  const reader = await world.customer("reader");
  const cache = join(world.directory, "cache");
  const proxy = world.runner.start(["proxy", "--out", cache, "--home", reader.home]);
  const { url } = await proxy.event("ready");
  for (const [path, bytes] of Object.entries(FILES)) {
    const inUrl = path.split("/").map(encodeURIComponent).join("/");
    for (const prefix of ["", "A%20Series/"]) {
      const response = await fetch(`${url}${id}/${prefix}${inUrl}`);
      expect([response.status, path]).toEqual([200, path]);
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    }
  }
  for (const path of ["..%2f..%2fwallet.json", ".pad/1", ".pad/..%2fzz.bin", "Season%201"])
    expect((await fetch(`${url}${id}/${path}`)).status).toBe(404);

  const content = await run(reader, "peer", "show", id);
  expect(content).toMatchObject({ state: "seeding", bytesDone: SIZE });
  // Two sell it, and the one of 99 bytes is owed a whole unit (docs/protocol.md 4.6).
  expect(BigInt(String(content.paid)) - owed(SIZE, PRICE)).toBeOneOf([0n, 1n]);
  // Plain clients ask a web seed for padding, too: it is zeros, and free.
  const torrent = await (await fetch(`${url}${id}.torrent`)).bytes();
  expect(parseMetainfo(torrent)).toMatchObject({ infoHash: id, trackerUrl: null, foreignSources: ["url-list"] });
  const [length = 0] = parseMetainfo(torrent).padding.values();
  const zeros = await fetch(`${url}${id}/A%20Series/.pad/${length}`, { headers: { range: "bytes=1-" } });
  expect([zeros.status, zeros.headers.get("floodgate-cost")]).toEqual([206, "0"]);
  expect(Buffer.from(await zeros.arrayBuffer()).equals(Buffer.alloc(length - 1))).toBe(true);
  const own = join(cache, "A Series/Season 2/mine.txt");
  writeFileSync(own, "mine");
  const moved = join(world.directory, "moved");
  expect(await run(reader, "peer", "move", id, moved)).toMatchObject({ state: "seeding", bytesDone: SIZE });
  expect(tree(join(moved, "A Series"))).toMatchObject(tree(folder));
  await run(reader, "peer", "rm", id, "--data");
  expect(Object.keys(tree(moved))).toEqual(["A Series/Season 2/mine.txt"]);
  expect(existsSync(own)).toBe(false);
});
