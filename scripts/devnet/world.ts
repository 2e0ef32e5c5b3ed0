import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChainView, openChainView } from "./chain-view.ts";
import type { CommandRunner } from "./command.ts";
import { type Customer, registerCustomer } from "./customers.ts";
import { InProcessRunner } from "./in-process-runner.ts";
import { type NetworkPlaces, type RunningNetwork, startNetwork } from "./network.ts";

/** Floodgate as real processes, driven by the command lines that a user types. */
export interface SharedWorld extends AsyncDisposable {
  readonly directory: string;
  readonly network: NetworkPlaces;
  /** Its commands end with the world. */
  readonly runner: CommandRunner;
  /** The chain as its node shows it, past the authority. */
  readonly devnet: ChainView;
  /** A registered customer with a deposit on-chain, in whole tokens. */
  customer(name: string, deposit?: string): Promise<Customer>;
  /** A file of random bytes; returns its path. */
  randomFile(name: string, bytes: number): string;
}

/** One whose chain, authority and tracker end with it. */
export interface World extends SharedWorld {
  readonly network: RunningNetwork;
}

/** Options are further arguments of `floodgate deploy` and `floodgate authority start`. */
export async function startWorld(
  deployOptions: readonly string[] = [],
  authorityOptions: readonly string[] = [],
  createRunner = (environment: Record<string, string>): CommandRunner => new InProcessRunner(environment),
): Promise<World> {
  const directory = newDirectory();
  const runner = createRunner({ FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex") });
  try {
    const network = await startNetwork(runner, directory, deployOptions, authorityOptions);
    return { ...createWorld(network, directory, runner), network };
  } catch (error) {
    await close(directory, runner);
    throw error;
  }
}

/** One at a network that others use, too. Disposing ends what its runner started. */
export function openSharedWorld(network: NetworkPlaces, runner: CommandRunner): SharedWorld {
  return createWorld(network, newDirectory(), runner);
}

function createWorld(network: NetworkPlaces, directory: string, runner: CommandRunner): SharedWorld {
  return {
    directory,
    network,
    runner,
    devnet: openChainView(network.rpcUrl, network.contract, network.token),
    customer: (name, deposit = "5.00") => registerCustomer(runner, network, directory, name, deposit),
    randomFile(name, bytes) {
      const path = join(directory, name);
      writeFileSync(path, randomBytes(bytes));
      return path;
    },
    [Symbol.asyncDispose]: () => close(directory, runner),
  };
}

function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), "floodgate-world-"));
}

async function close(directory: string, runner: CommandRunner): Promise<void> {
  await runner.stopAll();
  rmSync(directory, { recursive: true, force: true });
}
