import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Line } from "../../../scripts/devnet/command.ts";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
import { createQuickWallet, type SharedWorld, shareWorld } from "../../support/world.ts";

/** How much a device may spend, as its wallet signs it: a stolen session key takes no more. */

const CARD = ["--card", "4242424242424242"];
const environment = { FLOODGATE_PASSPHRASE: "correct horse" };

let world: SharedWorld;

async function run(...args: string[]): Promise<Line[]> {
  const { exitCode, stdout, stderr } = await runInProcess([...args, "--json"], environment);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function newHome(name: string): Promise<string> {
  const home = join(world.directory, name);
  await createQuickWallet(home, environment.FLOODGATE_PASSPHRASE);
  return home;
}

const register = async (home: string, ...options: string[]) =>
  (await run("register", "--authority", world.network.apiUrl, "--home", home, ...options)).at(-1);

beforeAll(async () => {
  world = await shareWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

describe("a device may spend", () => {
  test.concurrent("its deposits, the later ones included", async () => {
    const home = await newHome("deposits");
    expect(await register(home, "--deposit", "5", ...CARD)).toMatchObject({ balance: "5000000", limit: "5000000" });
    const lines = await run("deposit", "2.5", ...CARD, "--home", home);
    expect(lines).toMatchObject([
      { event: "deposited", amount: "2500000", balance: "7500000" },
      { event: "done", amount: "2500000", balance: "7500000", limit: "7500000" },
    ]);
    // Again without a deposit: what is there.
    expect(await register(home)).toMatchObject({ limit: "7500000" });
  });

  test.concurrent("a first deposit that comes after the registration", async () => {
    const home = await newHome("later");
    expect(await register(home)).toMatchObject({ balance: "0", limit: "0", authorizedUntil: 0 });
    const done = (await run("deposit", "1", ...CARD, "--home", home)).at(-1);
    expect(done).toMatchObject({ balance: "1000000", limit: "1000000" });
  });

  test.concurrent("what its customer chose, whatever is paid in", async () => {
    const home = await newHome("chosen");
    expect(await register(home, "--deposit", "1", ...CARD, "--limit", "3")).toMatchObject({ limit: "3000000" });
    const done = (await run("deposit", "9", ...CARD, "--home", home)).at(-1);
    expect(done).toMatchObject({ balance: "10000000", limit: "3000000" });
    expect(await register(home, "--limit", "20")).toMatchObject({ limit: "20000000" });
  });

  test.concurrent("an amount that the command names in money", async () => {
    const home = await newHome("named");
    const args = ["register", "--authority", world.network.apiUrl, "--home", home, "--deposit", "5", ...CARD];
    expect((await runInProcess(args, environment)).stdout).toContain("This device may spend 5.000000 TUSD in all");
    const deposit = ["deposit", "1", ...CARD, "--home", home];
    expect((await runInProcess(deposit, environment)).stdout).toContain("This device may spend 6.000000 TUSD in all");
  });
});

test("a deposit without the passphrase charges nothing", async () => {
  const home = await newHome("locked");
  await register(home);
  const { exitCode, stderr } = await runInProcess(["deposit", "1", ...CARD, "--home", home], {});
  expect([exitCode, stderr]).toEqual([4, expect.stringContaining("PASSPHRASE_MISSING")]);
  expect((await run("balance", "--home", home)).at(-1)).toMatchObject({ balance: "0" });
});
