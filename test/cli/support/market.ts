import { join } from "node:path";
import { expect } from "vitest";
import type { Command, Line } from "../../../scripts/devnet/command.ts";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
import { createQuickWallet, type SharedWorld, shareWorld } from "../../support/world.ts";
import { type BadInput, expectRefusal } from "./run-cli.ts";

/** A world with two accounts, of which the poor one publishes and seeds paid content. */
export interface Market extends AsyncDisposable {
  readonly world: SharedWorld;
  /** Home of an account with a deposit of 5 tokens. */
  readonly rich: string;
  /** Home of an account that is registered, and has paid nothing in. */
  readonly poor: string;
  /** Address of the rich account. */
  readonly account: string;
  /** The content: its file and its id. */
  readonly path: string;
  readonly id: string;
  readonly seed: Command;
  /** A new home, registered with these options of `register`. */
  register(name: string, ...payment: string[]): Promise<string>;
}

export const BYTES = 5 * 1024 * 1024;
/** The card that the devnet's card network accepts. */
export const PAYS = "4242424242424242";
export const environment = { FLOODGATE_PASSPHRASE: "correct horse" };
/**
 * KiB per second: however fast the machine is, the content takes longer than what is done
 * meanwhile.
 */
const UPLOAD_LIMIT = "64";

export async function startMarket(): Promise<Market> {
  const world = await shareWorld();
  const register = async (name: string, ...payment: string[]): Promise<string> => {
    const home = join(world.directory, name);
    await createQuickWallet(home, environment.FLOODGATE_PASSPHRASE);
    await succeed(["register", "--authority", world.network.apiUrl, "--home", home, ...payment]);
    return home;
  };
  const [rich, poor] = await Promise.all([register("rich", "--deposit", "5", "--card", PAYS), register("poor")]);
  const account = String((await succeed(["wallet", "show", "--home", rich])).address);
  const path = world.randomFile("film.bin", BYTES);
  const id = String((await succeed(["publish", path, "--price", "1.00", "--home", poor])).infoHash);
  // A seeder needs no deposit.
  const seed = world.runner.start(["seed", id, "--file", path, "--upload-limit", UPLOAD_LIMIT, "--home", poor]);
  await seed.event("ready");
  const dispose = () => world[Symbol.asyncDispose]();
  return { world, rich, poor, account, path, id, seed, register, [Symbol.asyncDispose]: dispose };
}

/** The last line of a command that must succeed. */
export async function succeed(args: readonly string[]): Promise<Line> {
  const { exitCode, stdout, stderr } = await runInProcess([...args, "--json"], environment);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/** A row of a table of refusals. */
export type Row = [name: string, input: () => Omit<BadInput, "environment">];

export const refusal = (
  exitCode: number,
  code: string,
  says: RegExp,
  ...args: string[]
): Omit<BadInput, "environment"> => ({ args, exitCode, code, says });

export const refuse = (_name: string, input: Row[1]): Promise<void> => expectRefusal({ ...input(), environment });
