import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { startWorld, type World } from "../support/world.ts";

let world: World;
let publisher: Customer;
let stranger: Customer;
let seller: Customer;
let atFirst: bigint;
let path: string;
let id: string;

const run = (customer: Customer, ...args: string[]): Promise<Line> =>
  world.runner.run([...args, "--home", customer.home]);
const codeOf = async (customer: Customer, ...args: string[]): Promise<unknown> =>
  (await world.runner.tryRun([...args, "--home", customer.home])).line.error;
const search = async (text: string): Promise<unknown[]> => {
  const { torrents } = await run(stranger, "search", text);
  return (torrents as Line[]).map(({ infoHash }) => infoHash);
};
const balanceOf = async (customer: Customer): Promise<bigint> =>
  BigInt((await run(customer, "balance")).balance as string);
async function settle(): Promise<void> {
  const { apiUrl, operatorHome } = world.network;
  const secret = join(operatorHome, "operator-secret");
  await world.runner.run(["settle", "--wait", "--authority", apiUrl, "--secret-file", secret]);
}
const page = async (): Promise<Response> => fetch(`${world.network.apiUrl}/contents/${id}`);

beforeAll(async () => {
  world = await startWorld(["--fee-bps", "0"]);
  const names = ["publisher", "stranger", "seller"];
  [publisher, stranger, seller] = (await Promise.all(names.map((name) => world.customer(name)))) as [
    Customer,
    Customer,
    Customer,
  ];
  atFirst = await balanceOf(publisher);
  path = world.randomFile("talk.bin", 5 * 1024 * 1024);
  const said = [
    "--title",
    "A Talk",
    "--description",
    "On <peers>",
    "--tags",
    "lecture, ethics",
    "--licence",
    "CC-BY-4.0",
  ];
  const published = await run(publisher, "publish", path, "--price", "1.00", ...said);
  id = String(published.infoHash);
  expect(published.listing).toMatchObject({ title: "A Talk", tags: ["lecture", "ethics"], replaces: null });
});
afterAll(() => world[Symbol.asyncDispose]());

test("what the publisher has signed is found, shown, and checked before it is bought", async () => {
  expect(await search("ethics")).toEqual([id]);
  const html = await (await page()).text();
  expect(html).toContain("On &lt;peers&gt;");
  expect(html).toContain("CC-BY-4.0");
  const seed = world.runner.start(["seed", id, "--file", path, "--home", publisher.home]);
  await seed.event("ready");
  const lines: Line[] = [];
  const get = world.runner.start(["get", id, "--out", `${world.directory}/out`, "--home", stranger.home], (line) => {
    lines.push(line);
  });
  expect(await get.exited()).toBe(0);
  expect(lines[0]).toMatchObject({ event: "content", title: "A Talk", isSigned: true, replacedBy: null });
  await seed.stop();

  const { contents } = await run(publisher, "published");
  const sold = BigInt((contents as Line[])[0]?.revenue as string);
  expect(contents).toMatchObject([{ infoHash: id, payers: 1, isListed: true, earned: `${sold}` }]);
  expect(sold).toBe((5n * 1_000_000n) / 1024n);
});

test("a publisher that seeds nothing gets its share of what others sell, to the unit", async () => {
  const file = world.randomFile("song.bin", 5 * 1024 * 1024);
  const published = await run(publisher, "publish", file, "--price", "1.00", "--share", "20");
  const song = String(published.infoHash);
  expect(published).toMatchObject({ sharePercent: 20 });
  expect(await codeOf(publisher, "publish", file, "--price", "1.00", "--share", "30")).toMatchObject({
    code: "SHARE_INVALID",
  });
  const shown = await fetch(`${world.network.apiUrl}/contents/${song}`);
  expect(await shown.text()).toContain("to the publisher, 20 %");
  const seed = world.runner.start(["seed", song, "--file", file, "--home", seller.home]);
  await seed.event("ready");
  const get = await run(stranger, "get", song, "--out", `${world.directory}/out`);
  await seed.stop();
  const [fetched, again] = [await run(publisher, "vouchers", "fetch"), await run(publisher, "vouchers", "fetch")];
  const whole = (5n * 1_000_000n) / 1024n;
  const share = whole / 5n;
  expect(get.paid).toBe(`${whole}`);
  expect([fetched, again]).toMatchObject([{ amount: `${share}` }, { lanes: 0, amount: "0" }]);
  const { vouchers } = await run(publisher, "vouchers", "ls");
  const shares = (vouchers as Line[]).filter(({ infoHash }) => infoHash === song);
  expect(shares.map(({ receipt }) => receipt)).toEqual(shares.map(({ amount }) => amount));
  expect(shares.reduce((sum, { amount }) => sum + BigInt(String(amount)), 0n)).toBe(share);
  await settle();
  // Of the content before it, which the publisher has seeded itself, it got all.
  expect((await balanceOf(publisher)) - atFirst).toBe(whole + share);
  const { contents } = await run(publisher, "published");
  expect((contents as Line[])[0]).toMatchObject({
    infoHash: song,
    revenue: `${whole}`,
    earned: `${share}`,
    shared: `${share}`,
  });
});

test("the publisher alone edits, and takes it out of searches and pages", async () => {
  expect(await codeOf(stranger, "edit", id, "--title", "Mine")).toMatchObject({ code: "FORBIDDEN" });
  await run(publisher, "edit", id, "--title", "A Better Talk", "--tags", "");
  expect([await search("better"), await search("ethics")]).toEqual([[id], []]);
  expect((await page()).status).toBe(200);

  await run(publisher, "unlist", id);
  expect([await search("better"), (await page()).status]).toEqual([[], 404]);
  const listed = (await run(publisher, "published")).contents as Line[];
  expect(listed.at(-1)).toMatchObject({ isListed: false, title: "A Better Talk" });
  await run(publisher, "edit", id);
  expect(await search("better")).toEqual([id]);
});

test.each([
  ["LISTING_INVALID", ["--title", "A\u202eTalk"]],
  ["LISTING_INVALID", ["--tags", `${"x".repeat(39)}\u0007`]],
  ["REQUEST_INVALID", ["--description", "x".repeat(4_001)]],
  ["OPTIONS_CONFLICT", ["--description", "x", "--description-file", "y"]],
])("%s", async (code, options) => {
  expect(await codeOf(publisher, "edit", id, ...options)).toMatchObject({ code });
});

/** The same by a running peer, whose own account pays nothing, and which serves it in the end. */
async function byPeer(customer: Customer): Promise<() => Promise<void>> {
  const before = await balanceOf(customer);
  const running = world.runner.start(["peer", "start", "--home", customer.home]);
  await running.event("ready");
  const out = join(world.directory, "by-peer");
  expect(await codeOf(customer, "peer", "add", id, "--out", out, "--sponsored", "--max-spend", "1")).toMatchObject({
    code: "OPTIONS_CONFLICT",
  });
  const done = await run(customer, "get", id, "--sponsored", "--out", out);
  expect(readFileSync(String(done.path))).toEqual(readFileSync(path));
  const served = await run(customer, "peer", "show", id);
  expect(served).toMatchObject({ state: "seeding", paid: "0", settings: { isSponsored: true } });
  expect(await balanceOf(customer)).toBe(before);
  return async () => {
    // What is whole on the disk needs no sponsor any more.
    rmSync(join(customer.home, "sponsored"), { recursive: true });
    expect(await run(customer, "peer", "verify", id)).toMatchObject({ state: "seeding", problem: null });
    await running.stop();
    expect(await running.exited()).toBe(0);
  };
}

test("a sponsor pays for a download from an empty home, and gets the rest back", async () => {
  const { directory, network, runner } = world;
  const price = (5n * 1_000_000n) / 1024n;
  const card = ["--card", "4242424242424242"];
  const refused = await codeOf(publisher, "sponsor", id, "0.001", ...card);
  expect(refused).toMatchObject({ code: "SPONSORSHIP_INVALID" });
  const opened = await run(publisher, "publish", path, "--price", "1.00", "--sponsor", "0.05", ...card);
  expect(opened).toMatchObject({ event: "done", infoHash: id });

  expect(await (await page()).text()).toContain("A sponsor pays for you");
  const home = join(directory, "nobody");
  mkdirSync(home, { mode: 0o700 });
  const seed = runner.start(["seed", id, "--file", path, "--home", publisher.home]);
  await seed.event("ready");
  const get = ["get", id, "--sponsored", "--authority", network.apiUrl, "--out", join(home, "out"), "--home", home];
  const done = await runner.run(get);
  expect(readFileSync(String(done.path))).toEqual(readFileSync(path));
  expect(done.paid).toBe(`${price}`);
  expect(readdirSync(home).toSorted()).toEqual(["out", "sponsored"]);
  expect((await runner.tryRun(["balance", "--home", home])).line.error).toMatchObject({ code: "NOT_REGISTERED" });
  const verifyAlone = await byPeer(seller);
  await seed.stop();

  const secret = join(network.operatorHome, "operator-secret");
  await runner.run(["settle", "--close", "--wait", "--authority", network.apiUrl, "--secret-file", secret]);
  const paid = { given: 2, cap: `${2n * price}`, spent: `${2n * price}` };
  expect(await run(publisher, "sponsor", id)).toMatchObject({ ...paid, isOpen: true });
  const { earned, fees } = await run(publisher, "balance");
  // One from a customer, two from the sponsor, and the share of what another has sold.
  expect(BigInt(String(earned)) + BigInt(String(fees))).toBe(3n * price + price / 5n);

  const unlisted = await run(publisher, "unlist", id);
  const ended = unlisted.sponsorship as Line;
  expect(ended).toMatchObject({ ...paid, isOpen: false, takenBack: ended.left });
  expect(BigInt(String(ended.left))).toBeGreaterThanOrEqual(50_000n - 4n * price);
  expect((await runner.tryRun(get.with(-1, join(directory, "next")))).line.error).toMatchObject({
    code: "SPONSOR_MISSING",
  });
  await verifyAlone();
  const onContract = ["--rpc", network.rpcUrl, "--contract", network.contract];
  expect(await runner.run(["audit", ...onContract, "--bundles", network.apiUrl])).toMatchObject({
    ok: true,
    findings: [],
  });
});
