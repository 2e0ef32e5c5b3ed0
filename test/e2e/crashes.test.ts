import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { owed } from "../../protocol/base/units.ts";
import { type Command, CommandRunner, type Line } from "../../scripts/devnet/command.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { sha256Of } from "../../scripts/devnet/file-hash.ts";
import { startWorld, type World } from "../../scripts/devnet/world.ts";
import { type Moment, PAYEE_CRASH_POINTS, PAYER_CRASH_POINTS } from "../crash/points.ts";
import { TestRunner } from "../support/world.ts";

/** kill -9 of either peer in the middle of a download, by a statement of its own store. */

const FILE_BYTES = 8 * 1024 * 1024;
/** 1.00 per GiB, in base units. */
const PRICE = 1_000_000n;
const COST = owed(FILE_BYTES, PRICE);

const DIE_AT = join(import.meta.dirname, "..", "crash", "die-at.ts");

let world: World;
let environment: Record<string, string>;
let seeder: Customer;
let path: string;
let hash: string;
let seedArgs: readonly string[];
let seeding: Command;
beforeAll(async () => {
  world = await startWorld([], [], (ofWorld) => {
    environment = ofWorld;
    return new TestRunner(ofWorld);
  });
  seeder = await world.customer("seeder");
  path = world.randomFile("film.bin", FILE_BYTES);
  hash = await sha256Of(path);
  const home = ["--home", seeder.home];
  const { infoHash } = await world.runner.run(["publish", path, "--price", "1.00", ...home]);
  seedArgs = ["seed", String(infoHash), "--file", path, ...home];
});
afterAll(async () => {
  await Promise.all(mortals.map((runner) => runner.stopAll()));
  await world[Symbol.asyncDispose]();
});

const mortals: CommandRunner[] = [];

/** Runs commands that die there. */
function mortal([sql, skip]: readonly [string, number], moment: Moment): CommandRunner {
  const crash = {
    NODE_OPTIONS: `--import=${DIE_AT}`,
    FLOODGATE_CRASH_SQL: sql,
    FLOODGATE_CRASH_MOMENT: moment,
    FLOODGATE_CRASH_SKIP: String(skip),
  };
  const runner = new CommandRunner({ ...environment, ...crash }, () => undefined);
  mortals.push(runner);
  return runner;
}

const downloadArgs = ({ home }: Customer): readonly string[] => {
  return ["get", String(seedArgs[1]), "--out", join(home, "downloads"), "--home", home];
};

async function startSeeding(runner: CommandRunner): Promise<Command> {
  const command = runner.start(seedArgs);
  await command.event("ready");
  return command;
}

/** Settles, and compares what both sides have with the price of each copy so far. */
async function expectPaidOnce(leecher: Customer, { path: copy }: Line, copies: bigint): Promise<void> {
  expect(await sha256Of(String(copy))).toBe(hash);
  const secret = join(world.network.operatorHome, "operator-secret");
  const at = ["--authority", world.network.apiUrl, "--secret-file", secret];
  await world.runner.run(["settle", "--close", "--wait", ...at]);
  const balanceOf = ({ home }: Customer) => world.runner.run(["balance", "--home", home]);
  const { paid } = await balanceOf(leecher);
  expect(BigInt(String(paid))).toBe(COST);
  const { earned, fees } = await balanceOf(seeder);
  expect(BigInt(String(earned)) + BigInt(String(fees))).toBe(copies * COST);
}

let copies = 0n;

test("a killed seller keeps what it had stored, and the leecher goes on when it is back", async () => {
  seeding = await startSeeding(mortal(PAYEE_CRASH_POINTS["when it is paid again"], "open"));
  const leecher = await world.customer("patient");
  const get = world.runner.start(downloadArgs(leecher));
  const done = get.event("done");
  expect(await seeding.exited()).not.toBe(0);
  // A command that fails by itself names a code.
  expect(seeding.lastLine).not.toHaveProperty("code");

  seeding = await startSeeding(world.runner);
  const line = await done;
  await get.exited();
  await expectPaidOnce(leecher, line, ++copies);
});

const POINTS = Object.keys(PAYER_CRASH_POINTS) as (keyof typeof PAYER_CRASH_POINTS)[];
const ALL = POINTS.flatMap((point) => (["before", "open"] as const).map((moment) => [point, moment] as const));
const SAMPLE = [["when it pays again", "open"]] as const;

test.each(process.env.FLOODGATE_DEEP ? ALL : SAMPLE)(
  "a payer that is killed %s, %s, resumes, pays each piece once, and its past debts keep it from nothing",
  async (point, moment) => {
    const leecher = await world.customer(`mortal ${point} ${moment}`);
    const killed = await mortal(PAYER_CRASH_POINTS[point], moment).tryRun(downloadArgs(leecher));
    expect(killed.code).not.toBe(0);
    expect(killed.line).not.toHaveProperty("code");
    // It would fail, or wait for the test's end, if a seller held the first run against it.
    await expectPaidOnce(leecher, await world.runner.run(downloadArgs(leecher)), ++copies);
  },
);
