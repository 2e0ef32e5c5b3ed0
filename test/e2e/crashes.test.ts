import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { owed } from "../../protocol/base/units.ts";
import { CommandRunner, type Line } from "../../scripts/devnet/command.ts";
import { sha256Of } from "../../scripts/devnet/file-hash.ts";
import { startWorld, type World } from "../../scripts/devnet/world.ts";
import { PAYER_CRASH_POINTS } from "../crash/points.ts";
import { TestRunner } from "../support/world.ts";

const MIB = 1024 * 1024;
const FILE_BYTES = 24 * MIB + 12_345;
/** 1.00 per GiB, in base units. */
const PRICE = 1_000_000n;

const DIE_AT = join(import.meta.dirname, "..", "crash", "die-at.ts");

let world: World;
let environment: Record<string, string>;
beforeAll(async () => {
  world = await startWorld([], [], (ofWorld) => {
    environment = ofWorld;
    return new TestRunner(ofWorld);
  });
});
afterAll(() => world[Symbol.asyncDispose]());

/** KiB a second: the whole file takes six seconds at least, and a kill meets the download. */
const UPLOAD_LIMIT = "4096";

const isHalfway = (line: Line): boolean => line.event === "progress" && Number(line.bytesDone) > FILE_BYTES / 3;

async function publish(name: string) {
  const seeder = await world.customer(`${name}-seeder`);
  const path = world.randomFile(`${name}.bin`, FILE_BYTES);
  const home = ["--home", seeder.home];
  const { infoHash } = await world.runner.run(["publish", path, "--price", "1.00", ...home]);
  const startSeed = async () => {
    const seed = world.runner.start([
      "seed",
      String(infoHash),
      "--file",
      path,
      "--upload-limit",
      UPLOAD_LIMIT,
      ...home,
    ]);
    await seed.event("ready");
    return seed;
  };
  return { seeder, path, infoHash: String(infoHash), startSeed };
}

function settle(): Promise<Line> {
  const secret = join(world.network.operatorHome, "operator-secret");
  return world.runner.run([
    "settle",
    "--close",
    "--wait",
    "--authority",
    world.network.apiUrl,
    "--secret-file",
    secret,
  ]);
}

const amountOf = async (home: string, field: string): Promise<bigint> =>
  BigInt(String((await world.runner.run(["balance", "--home", home]))[field]));

describe("kill -9 in the middle of a download", () => {
  test("a killed leecher resumes, gets the file, and pays each piece once", async () => {
    const { seeder, path, infoHash, startSeed } = await publish("resume");
    const seed = await startSeed();
    const leecher = await world.customer("resume-leecher");
    const out = join(leecher.home, "downloads");
    const get = ["get", infoHash, "--out", out, "--home", leecher.home];

    const first = world.runner.start(get);
    await first.line(isHalfway);
    await first.kill();
    const done = await world.runner.run(get);
    await settle();
    await seed.stop();

    expect(await sha256Of(String(done.path))).toBe(await sha256Of(path));
    expect(await amountOf(leecher.home, "paid")).toBe(owed(FILE_BYTES, PRICE));
    const earned = await amountOf(seeder.home, "earned");
    const fees = await amountOf(seeder.home, "fees");
    expect(earned + fees).toBe(owed(FILE_BYTES, PRICE));
  });

  test("a killed seeder keeps what it had stored, and the leecher goes on when it is back", async () => {
    const { seeder, path, infoHash, startSeed } = await publish("seeder");
    const seed = await startSeed();
    const leecher = await world.customer("seeder-leecher");
    const get = world.runner.start(["get", infoHash, "--out", join(leecher.home, "downloads"), "--home", leecher.home]);

    const completed = get.event("done");
    await get.line(isHalfway);
    await seed.kill();
    const again = await startSeed();
    const done = await completed;
    await get.exited();
    await settle();
    await again.stop();

    expect(await sha256Of(String(done.path))).toBe(await sha256Of(path));
    expect(await amountOf(leecher.home, "paid")).toBe(owed(FILE_BYTES, PRICE));
    const earned = await amountOf(seeder.home, "earned");
    const fees = await amountOf(seeder.home, "fees");
    expect(earned + fees).toBe(owed(FILE_BYTES, PRICE));
  });
});

describe("a payer that is killed by a statement of its store", () => {
  const SIZE = 8 * MIB;
  const POINTS = Object.keys(PAYER_CRASH_POINTS) as (keyof typeof PAYER_CRASH_POINTS)[];
  const ALL = POINTS.flatMap((point) => (["before", "open"] as const).map((moment) => ({ point, moment })));
  const SAMPLE = [
    { point: "when it pays again", moment: "open" },
    { point: "when pieces are there", moment: "before" },
  ] as const;

  test("resumes, and its past debts keep it from nothing", async () => {
    const seeder = await world.customer("mortal-seeder");
    const path = world.randomFile("mortal.bin", SIZE);
    const home = ["--home", seeder.home];
    const { infoHash } = await world.runner.run(["publish", path, "--price", "1.00", ...home]);
    const seed = world.runner.start(["seed", String(infoHash), "--file", path, ...home]);
    await seed.event("ready");
    const homes: string[] = [];
    for (const { point, moment } of process.env.FLOODGATE_DEEP ? ALL : SAMPLE) {
      const leecher = await world.customer(`mortal ${point} ${moment}`);
      const out = join(leecher.home, "downloads");
      const get = ["get", String(infoHash), "--out", out, "--home", leecher.home];
      const [sql, skip] = PAYER_CRASH_POINTS[point];
      const mortal = new CommandRunner(
        {
          ...environment,
          NODE_OPTIONS: `--import=${DIE_AT}`,
          FLOODGATE_CRASH_SQL: sql,
          FLOODGATE_CRASH_MOMENT: moment,
          FLOODGATE_CRASH_SKIP: String(skip),
        },
        () => undefined,
      );
      const killed = await mortal.tryRun(get);
      expect(killed.code, `${point}, ${moment}`).not.toBe(0);
      // A command that fails by itself names a code.
      expect(killed.line).not.toHaveProperty("code");
      // It would fail, or wait for the test's end, if a seller held the first run against it.
      const done = await world.runner.run(get);
      expect(await sha256Of(String(done.path))).toBe(await sha256Of(path));
      homes.push(leecher.home);
    }
    await settle();
    await seed.stop();
    for (const one of homes) expect(await amountOf(one, "paid")).toBe(owed(SIZE, PRICE));
  }, 600_000);
});
