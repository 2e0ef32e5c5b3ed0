import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { owed } from "../../protocol/base/units.ts";
import type { Command, Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const BYTES = 8 * 1024 * 1024 + 5;
const PRICE = 1_000_000n;
/** Most that a kill forgets: so much is counted unsaved, and what came in one turn. */
const UNSAVED = 6 * 1024 * 1024;
/** KiB per second: slow enough to be met in the middle. */
const SLOW = "256";

let world: SharedWorld;
let seller: Customer;
let buyer: Customer;
let selling: Command;
let buying: Command;
const paths: Record<string, string> = {};
const ids: Record<string, string> = {};

const peer = (customer: Customer, ...args: string[]) => world.runner.run(["peer", ...args, "--home", customer.home]);
const start = async (customer: Customer): Promise<Command> => {
  const command = world.runner.start(["peer", "start", "--home", customer.home]);
  await command.event("ready");
  return command;
};

/** The content, once it is as wanted: each question is a process of its own. */
async function until(customer: Customer, id: string, isWanted: (content: Line) => boolean): Promise<Line> {
  for (;;) {
    const content = await peer(customer, "show", id);
    if (isWanted(content)) return content;
  }
}

beforeAll(async () => {
  world = await shareWorld();
  [seller, buyer] = await Promise.all([world.customer("seller"), world.customer("buyer")]);
  for (const name of ["one", "two", "free"]) {
    const path = world.randomFile(`${name}.bin`, BYTES);
    paths[name] = path;
    const price = name === "free" ? "0" : "1.00";
    const { infoHash } = await world.runner.run(["publish", path, "--price", price, "--home", seller.home]);
    ids[name] = String(infoHash);
  }
  [selling, buying] = await Promise.all([start(seller), start(buyer)]);
});
afterAll(() => world[Symbol.asyncDispose]());

test("one process serves several contents, another downloads them", async () => {
  const out = join(world.directory, "films");
  for (const name of ["one", "free"]) {
    const added = await peer(seller, "add", ids[name] as string, "--file", paths[name] as string);
    expect(added).toMatchObject({ state: "seeding", bytesDone: BYTES });
    const magnet = `magnet:?xt=urn:btih:${ids[name]}`;
    expect(await peer(buyer, "add", magnet, "--out", out)).toMatchObject({ place: "download", path: out });
  }
  const bought = await until(buyer, ids.one as string, ({ state }) => state === "seeding");
  expect(bought).toMatchObject({ bytesDone: BYTES, paid: owed(BYTES, PRICE).toString(), problem: null });
  await until(buyer, ids.free as string, ({ state }) => state === "seeding");
  for (const name of ["one", "free"])
    expect(readFileSync(join(out, `${name}.bin`)).equals(readFileSync(paths[name] as string))).toBe(true);
  const sold = await until(seller, ids.one as string, ({ earned }) => earned === bought.paid);
  expect(sold.state).toBe("seeding");
});

test("a killed peer goes on by itself, and pays every piece once", async () => {
  const id = ids.two as string;
  const out = join(world.directory, "slow");
  // The clock is of no account: one rate of the whole day, the other a plain limit.
  await peer(seller, "limit", "--up", "1024", "--schedule", `00:00-24:00 up=${SLOW}KiB/s`);
  await peer(seller, "add", id, "--file", paths.two as string);
  await peer(buyer, "add", id, "--out", out);
  await until(buyer, id, ({ bytesDone }) => Number(bytesDone) > 0);
  await Promise.all([buying.kill(), selling.kill()]);
  expect((await world.runner.tryRun(["peer", "ls", "--home", buyer.home])).line).toMatchObject({
    error: { code: "PEER_ABSENT" },
  });

  [selling, buying] = await Promise.all([start(seller), start(buyer)]);
  const { settings } = await peer(seller, "limit").then((line) => ({ settings: line }));
  const schedule = [{ from: 0, to: 0, uploadLimit: Number(SLOW) * 1024 }];
  expect(settings).toMatchObject({ uploadLimit: 1024 * 1024, schedule });
  await peer(seller, "limit", "--up", "none", "--schedule", "none");
  const done = await until(buyer, id, ({ state }) => state === "seeding");
  expect(done).toMatchObject({ bytesDone: BYTES, paid: owed(BYTES, PRICE).toString() });
  expect(readFileSync(join(out, "two.bin")).equals(readFileSync(paths.two as string))).toBe(true);
  const { contents } = await peer(buyer, "ls");
  expect((contents as Line[]).map(({ state }) => state)).toEqual(["seeding", "seeding", "seeding"]);
});

test("a content rests, goes on, moves, is looked at and is forgotten", async () => {
  const id = ids.free as string;
  const moved = join(world.directory, "moved");
  expect(await peer(buyer, "pause", id)).toMatchObject({ state: "paused", bytesDone: BYTES });
  expect(await peer(buyer, "resume", id)).toMatchObject({ state: "seeding" });
  expect(await peer(buyer, "move", id, moved)).toMatchObject({ state: "seeding", path: moved });
  expect(await peer(buyer, "verify", id)).toMatchObject({ state: "seeding" });

  const path = join(moved, "free.bin");
  const bytes = readFileSync(path);
  bytes.fill(0, 0, 1_000);
  writeFileSync(path, bytes);
  await peer(seller, "pause", id);
  const wrong = await peer(buyer, "verify", id);
  expect(wrong.state).toBe("downloading");
  expect(Number(wrong.bytesDone)).toBeLessThan(BYTES);

  await peer(buyer, "rm", id, "--data");
  expect(existsSync(path)).toBe(false);
  const { line } = await world.runner.tryRun(["peer", "show", id, "--home", buyer.home]);
  expect(line).toMatchObject({ error: { code: "CONTENT_UNKNOWN" } });
});

test("what is above the disk quota is not added, until it is raised", async () => {
  const add = () =>
    world.runner.tryRun(["peer", "add", ids.free as string, "--out", world.directory, "--home", buyer.home]);
  expect(await peer(buyer, "limit", "--disk", "0")).toMatchObject({ diskQuota: 0 });
  expect((await add()).line).toMatchObject({ error: { code: "DISK_QUOTA" } });
  await peer(buyer, "limit", "--disk", "1");
  expect((await add()).code).toBe(0);
  await peer(buyer, "rm", ids.free as string);
  await peer(buyer, "limit", "--disk", "none");
});

test("a content has its own limits, over restarts", async () => {
  const set = await peer(seller, "limit", ids.one as string, "--up", "64", "--wires", "3");
  const own = { uploadLimit: 64 * 1024, downloadLimit: null, maxWires: 3, maxSpend: null };
  expect(set).toMatchObject({ settings: own });
  expect(await peer(seller, "show", ids.one as string)).toMatchObject({ settings: own });
  await peer(seller, "limit", ids.one as string, "--up", "none", "--wires", "none");
});

test("a month that is used up stops everything, also after a kill, until its limit is raised", async () => {
  const used = await peer(buyer, "limit", "--month", "1MiB");
  expect(used).toMatchObject({ monthlyLimit: 2 ** 20, movedInMonth: { isUsedUp: true } });
  // What was bought before a kill counts, but for what a kill forgets.
  const { bytesDown } = used.movedInMonth as unknown as { bytesDown: number };
  expect(bytesDown).toBeGreaterThan(3 * BYTES - 2 * UNSAVED);
  const states = async (): Promise<unknown[]> =>
    ((await peer(buyer, "ls")).contents as Line[]).map(({ state }) => state);
  expect(await states()).toEqual(["limited", "limited"]);
  await buying.kill();
  buying = await start(buyer);
  expect(await states()).toEqual(["limited", "limited"]);
  const shown = await peer(buyer, "show", ids.one as string);
  expect(shown).toMatchObject({ reasons: [{ code: "MONTH_LIMIT", isBlocking: false }] });
  const got = await world.runner.tryRun([
    "get",
    ids.one as string,
    "--out",
    shown.path as string,
    "--home",
    buyer.home,
  ]);
  expect([got.code, got.line]).toMatchObject([9, { error: { code: "MONTH_LIMIT" } }]);
  const after = await peer(buyer, "limit", "--month", "none");
  expect((after.movedInMonth as unknown as { bytesDown: number }).bytesDown).toBeGreaterThanOrEqual(bytesDown);
  for (const name of ["one", "two"]) await until(buyer, ids[name] as string, ({ state }) => state === "seeding");
});

test.each([
  ["CONTENT_TWICE", () => ["add", ids.one as string, "--file", paths.one as string]],
  ["DATA_NOT_OURS", () => ["rm", ids.one as string, "--data"]],
  ["TORRENT_UNKNOWN", () => ["add", "f".repeat(40), "--out", world.directory]],
  ["OPTIONS_INCOMPLETE", () => ["add", ids.one as string]],
  ["OPTIONS_CONFLICT", () => ["limit", ids.one as string, "--disk", "100"]],
])("%s", async (code, args) => {
  const { line } = await world.runner.tryRun(["peer", ...args(), "--home", seller.home]);
  expect(line).toMatchObject({ error: { code } });
});

test("a file that is not the published one is not kept", async () => {
  const other = world.randomFile("other.bin", BYTES);
  await peer(seller, "rm", ids.free as string);
  const { line } = await world.runner.tryRun([
    "peer",
    "add",
    ids.free as string,
    "--file",
    other,
    "--home",
    seller.home,
  ]);
  expect(line).toMatchObject({ error: { code: "FILE_MISMATCH" } });
  const { contents } = await peer(seller, "ls");
  expect((contents as Line[]).map(({ infoHash }) => infoHash)).not.toContain(ids.free);
});

test("caps stop a download with the reason, and raising them lets it go on", async () => {
  const path = world.randomFile("capped.bin", BYTES);
  const { infoHash } = await world.runner.run(["publish", path, "--price", "1.00", "--home", seller.home]);
  await peer(seller, "add", String(infoHash), "--file", path);
  const out = join(world.directory, "capped");
  await peer(buyer, "add", String(infoHash), "--out", out, "--max-spend", "0.003");
  const cap = 3_000n;
  const isCapped = ({ spendLeft }: Line): boolean => BigInt(String(spendLeft)) < owed(131_072, PRICE);
  const capped = await until(buyer, String(infoHash), isCapped);
  expect(BigInt(String(capped.paid))).toBeLessThanOrEqual(cap);
  expect(capped.state).toBe("downloading");

  await peer(buyer, "limit", "--max-spend-per-day", "0.004");
  await peer(buyer, "limit", String(infoHash), "--max-spend", "none");
  const day = await peer(buyer, "show", String(infoHash));
  expect(BigInt(String(day.spendLeft))).toBeLessThan(0n);
  await peer(buyer, "limit", "--max-spend-per-day", "none");
  const done = await until(buyer, String(infoHash), ({ state }) => state === "seeding");
  expect(done).toMatchObject({ paid: owed(BYTES, PRICE).toString(), spendLeft: null });
});

test("a seller's lowest price refuses what is cheaper", async () => {
  const path = world.randomFile("cheap.bin", BYTES);
  const { infoHash } = await world.runner.run(["publish", path, "--price", "0.10", "--home", seller.home]);
  const id = String(infoHash);
  await peer(seller, "limit", "--min-price", "0.50");
  await peer(seller, "add", id, "--file", path);
  await peer(buyer, "add", id, "--out", join(world.directory, "cheap"));
  const refused = await until(buyer, id, ({ outlook }) => JSON.stringify(outlook).includes("PRICE_TOO_LOW"));
  expect(refused).toMatchObject({ state: "downloading", bytesDone: 0, paid: "0" });
  await peer(buyer, "rm", id, "--data");
});

test("get and seed are done by the peer that runs, which goes on when they end", async () => {
  const path = world.randomFile("asked.bin", BYTES);
  const { infoHash } = await world.runner.run(["publish", path, "--price", "1.00", "--home", seller.home]);
  const id = String(infoHash);
  await peer(seller, "limit", "--min-price", "none");
  await world.runner.run(["seed", id, "--file", path, "--home", seller.home]);
  const out = join(world.directory, "asked");
  const got = await world.runner.run(["get", id, "--out", out, "--home", buyer.home]);
  expect(got).toMatchObject({ event: "done", bytesDone: BYTES, paid: owed(BYTES, PRICE).toString() });
  expect(readFileSync(join(out, "asked.bin")).equals(readFileSync(path))).toBe(true);
  expect(await peer(buyer, "show", id)).toMatchObject({ state: "seeding" });
});

test("money is told by content, day and counterparty, and why it is where it is", async () => {
  const byContent = await peer(seller, "earnings");
  const rows = byContent.rows as { key: string; title: string; earned: string; unsettled: string }[];
  expect(rows.find(({ key }) => key === ids.one)).toMatchObject({
    title: "one.bin",
    earned: owed(BYTES, PRICE).toString(),
  });
  const total = rows.reduce((sum, { earned }) => sum + BigInt(earned), 0n);
  for (const by of ["day", "counterparty"]) {
    const { rows: others } = await peer(seller, "earnings", "--by", by);
    expect((others as { earned: string }[]).reduce((sum, { earned }) => sum + BigInt(earned), 0n)).toBe(total);
  }
  const { lanes } = await peer(seller, "why", `${buyer.account}/1`);
  const [lane] = lanes as { role: string; steps: { name: string; isDone: boolean }[]; next: string }[];
  expect(lane).toMatchObject({ role: "payee" });
  expect(lane?.steps.slice(0, 2)).toMatchObject([{ isDone: true }, { isDone: true }]);
  // What `earnings` shows is an amount to ask about.
  const earned = owed(BYTES, PRICE);
  const asked = await peer(seller, "why", `0.${earned.toString().padStart(6, "0")}`);
  const sum = (asked.lanes as { amount: string }[]).reduce((total, { amount }) => total + BigInt(amount), 0n);
  expect(sum % earned).toBe(0n);
  const { line } = await world.runner.tryRun(["peer", "why", "999999", "--home", seller.home]);
  expect(line).toMatchObject({ error: { code: "LANE_UNKNOWN" } });
});

test("another machine controls the peer over TLS, by a home that is connected with it", async () => {
  const { line } = await world.runner.tryRun(["peer", "start", "--listen-name", "nas.example", "--home", seller.home]);
  expect(line).toMatchObject({ error: { code: "OPTIONS_INCOMPLETE" } });
  const twice = await world.runner.tryRun(["peer", "start", "--home", seller.home]);
  expect(twice.line).toMatchObject({ error: { code: "HOME_IN_USE" } });
  expect((await peer(seller, "ls")).event).toBe("done");
  await selling.kill();
  selling = world.runner.start(["peer", "start", "--listen", "127.0.0.1:0", "--home", seller.home]);
  const { remote } = await selling.event("ready");
  const { url, fingerprint, tokenFile } = remote as unknown as Record<"url" | "fingerprint" | "tokenFile", string>;
  const at = ["--host", url, "--fingerprint", fingerprint, "--token-file", tokenFile];
  const home = join(world.directory, "laptop");
  const remotely = (...args: string[]) => world.runner.tryRun(["peer", ...args, "--home", home]);
  expect((await remotely("ls", ...at)).line).toMatchObject({ event: "done" });
  const wrong = ["--host", url, "--fingerprint", "00".repeat(32), "--token-file", tokenFile];
  expect((await remotely("connect", ...wrong)).line).toMatchObject({ error: { code: "CERTIFICATE_WRONG" } });
  expect((await remotely("connect", ...at)).line).toMatchObject({ event: "done", account: seller.account });
  const shown = await remotely("limit", ids.one as string, "--wires", "7");
  expect(shown.line).toMatchObject({ title: "one.bin", settings: { maxWires: 7 } });
  // Paths are those of that machine, so they must be whole.
  expect((await remotely("add", ids.free as string, "--out", "films")).line).toMatchObject({
    error: { code: "REQUEST_INVALID" },
  });
  expect((await remotely("start")).line).toMatchObject({ error: { code: "OPTIONS_CONFLICT" } });
  expect((await remotely("disconnect")).code).toBe(0);
  expect((await remotely("ls")).line).toMatchObject({ error: { code: "PEER_ABSENT" } });
});

test("the peer stops when it is told to", async () => {
  await peer(buyer, "stop");
  expect(await buying.exited()).toBe(0);
  expect(existsSync(join(buyer.home, "peer.json"))).toBe(false);
});
