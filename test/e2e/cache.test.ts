import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Command, Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { runInProcess } from "../../scripts/devnet/in-process.ts";
import { type SharedWorld, shareWorld } from "../support/world.ts";

const BYTES = 6 * 1024 * 1024 + 7;
/** KiB a second, of the only seller: buyers are still there when the cache has pieces to sell. */
const SLOW = "64";
/** Base units; the content costs 5,860. */
const BUDGET = 5_000;
const STOP_LOSS = 1_000;

let world: SharedWorld;
let seller: Customer;
let cacher: Customer;
/** Has begun nothing, so there is nothing that it must end. */
let fresh: Customer;
let buyers: Customer[];
let id: string;
/** All progress of the cache, of all its runs. */
const seen: Line[] = [];

const tokens = (amount: number): string => (amount / 1e6).toFixed(6);
const cacheAt = ({ home }: Customer, progress: Line[], ...options: string[]): Command =>
  world.runner.start(["get", id, "--out", join(home, "out"), "--home", home, ...options], (line) => {
    if (line.event === "progress") progress.push(line);
  });
const cache = (...options: string[]): Command => cacheAt(cacher, seen, ...options);
const terms = ["--cache", tokens(BUDGET), "--stop-loss", tokens(STOP_LOSS)];

beforeAll(async () => {
  world = await shareWorld();
  const names = ["seller", "cacher", "fresh", "one", "two", "three"];
  const customers = await Promise.all(names.map((name) => world.customer(name)));
  [seller, cacher, fresh, ...buyers] = customers as [Customer, Customer, Customer];
  const path = world.randomFile("film.bin", BYTES);
  const published = await world.runner.run(["publish", path, "--price", "1.00", "--home", seller.home]);
  id = String(published.infoHash);
  const seeding = world.runner.start(["seed", id, "--file", path, "--upload-limit", SLOW, "--home", seller.home]);
  await seeding.event("ready");
});
afterAll(() => world[Symbol.asyncDispose]());

test("a cache buys what it sells, stays within its stop-loss, and keeps its books when killed", async () => {
  const first = cache(...terms);
  await first.event("ready");
  const buying = buyers.map(({ home }) => world.runner.start(["get", id, "--out", join(home, "out"), "--home", home]));
  // What it bought has come back twice: from now on it buys with profit.
  const isProven = ({ event, paid, earned }: Line) =>
    event === "progress" && Number(paid) > 0 && Number(earned) > 2.1 * Number(paid);
  const earning = await first.line(isProven);
  await first.kill();

  const second = cache(...terms);
  await second.event("ready");
  // It sells what it has, again.
  await second.line(({ event, earned }) => event === "progress" && Number(earned) > 0);
  await second.stop();
  await Promise.all(buying.map((one) => one.stop()));
  const done = second.lastLine;
  expect(done).toMatchObject({ event: "done", path: expect.stringContaining("film.bin") });
  expect(Number(done.spent)).toBeGreaterThanOrEqual(Number(earning.paid));
  expect(Number(done.cameBack)).toBeGreaterThanOrEqual(Number(done.spent));
  for (const { paid, earned } of seen) expect(Number(paid) - Number(earned)).toBeLessThanOrEqual(STOP_LOSS);
});

test("with nobody who asks, a cache buys nothing, however much it might", async () => {
  const progress: Line[] = [];
  const third = cacheAt(fresh, progress, "--cache", "1");
  await third.event("ready");
  // The seller is connected, and has all that is missing.
  await third.line(({ event, peers }) => event === "progress" && Number(peers) > 0);
  await third.event("progress");
  await third.stop();
  expect(progress.map(({ paid }) => paid)).toEqual(progress.map(() => "0"));
});

test("a running peer caches, says what it may risk, and goes on after a kill", async () => {
  const running = world.runner.start(["peer", "start", "--home", cacher.home]);
  await running.event("ready");
  const peer = (...args: string[]) => world.runner.run(["peer", ...args, "--home", cacher.home]);
  const out = join(cacher.home, "out");
  const settings = { cache: { budget: String(BUDGET), stopLoss: String(STOP_LOSS) } };
  expect(await peer("add", id, "--out", out, ...terms)).toMatchObject({ state: "caching", settings });
  const { exitCode, stdout } = await runInProcess(["peer", "show", id, "--home", cacher.home], {});
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/cache {6}0\.005000 \w+ at most, and never 0\.001000 \w+ more than what came back/);
  await running.kill();
  const again = world.runner.start(["peer", "start", "--home", cacher.home]);
  await again.event("ready");
  expect(await peer("resume", id)).toMatchObject({ state: "caching", settings });
});
