import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { owed } from "../../protocol/base/units.ts";
import type { Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const PIECE = 65_536;
const PRICE = 1_000_000n;
/** Pieces of the large file; a hundredth of them changes. */
const PIECES = 200;
const CHANGED = 2;
const NEW = Buffer.from("a new file");

let world: SharedWorld;
let publisher: Customer;
let buyer: Customer;
let ids: { old: string; next: string };
let folders: { old: string; next: string };

const run = (customer: Customer, ...args: string[]): Promise<Line> =>
  world.runner.run([...args, "--home", customer.home]);

beforeAll(async () => {
  world = await shareWorld();
  [publisher, buyer] = await Promise.all([world.customer("publisher"), world.customer("buyer")]);
  folders = { old: join(world.directory, "v1"), next: join(world.directory, "v2") };
  mkdirSync(folders.old);
  const large = randomBytes(PIECES * PIECE);
  writeFileSync(join(folders.old, "large.bin"), large);
  writeFileSync(join(folders.old, "small.txt"), "small");
  cpSync(folders.old, folders.next, { recursive: true });
  large.fill(7, 50 * PIECE, (50 + CHANGED) * PIECE);
  writeFileSync(join(folders.next, "large.bin"), large);
  renameSync(join(folders.next, "small.txt"), join(folders.next, "a renamed.txt"));
  writeFileSync(join(folders.next, "new.txt"), NEW);
  const said = ["--title", "The Data", "--licence", "CC0-1.0"];
  const old = await run(publisher, "publish", folders.old, "--price", "1.00", ...said);
  const next = await run(publisher, "publish", folders.next, "--update", String(old.infoHash));
  // The changed pieces are alike; a renamed file is known, a new one is not.
  expect(next).toMatchObject({
    title: "The Data",
    pricePerGiB: `${PRICE}`,
    pieceLength: old.pieceLength,
    listing: { licence: "CC0-1.0", replaces: old.infoHash },
    sharedPieces: PIECES - CHANGED + 1,
  });
  ids = { old: String(old.infoHash), next: String(next.infoHash) };
});
afterAll(() => world[Symbol.asyncDispose]());

test("a new version costs what has changed, and leaves the old one as it was", async () => {
  const selling = world.runner.start(["peer", "start", "--home", publisher.home]);
  await selling.event("ready");
  await run(publisher, "peer", "add", ids.old, "--file", folders.old);
  await run(publisher, "peer", "add", ids.next, "--file", folders.next);
  const out = join(world.directory, "out");
  await run(buyer, "get", ids.old, "--out", out);

  const lines: Line[] = [];
  const get = world.runner.start(["get", ids.next, "--out", out, "--home", buyer.home], (line) => lines.push(line));
  expect(await get.exited()).toBe(0);
  const fresh = CHANGED * PIECE + NEW.length;
  const find = (name: string): Line | undefined => lines.find(({ event }) => event === name);
  expect(find("reused")).toMatchObject({ replaces: ids.old, bytes: (PIECES - CHANGED) * PIECE + "small".length });
  expect(find("quote")).toMatchObject({ bytes: fresh, cost: owed(fresh, PRICE).toString() });
  expect(get.lastLine).toMatchObject({ event: "done", paid: owed(fresh, PRICE).toString() });
  for (const [version, folder] of [
    ["v1", folders.old],
    ["v2", folders.next],
  ] as const)
    for (const name of version === "v1" ? ["large.bin", "small.txt"] : ["large.bin", "a renamed.txt", "new.txt"])
      expect(readFileSync(join(out, version, name)).equals(readFileSync(join(folder, name)))).toBe(true);

  // Who looks at the old one hears of the new one.
  const again = world.runner.start(["get", ids.old, "--out", out, "--home", buyer.home]);
  expect(await again.event("content")).toMatchObject({ replacedBy: ids.next });
  await again.exited();
  const { line } = await world.runner.tryRun(["get", ids.old, "--out", out, "--reuse", out, "--home", buyer.home]);
  expect(line).toMatchObject({ error: { code: "OPTIONS_CONFLICT" } });
});
