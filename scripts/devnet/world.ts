import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChainView, openChainView } from "./chain-view.ts";
import type { CommandRunner } from "./command.ts";
import { type Customer, registerCustomer } from "./customers.ts";
import { InProcessRunner } from "./in-process-runner.ts";
import { type RunningNetwork, startNetwork } from "./network.ts";

/**
 * All of Floodgate as real processes, driven by the command lines that a user types. Disposing ends
 * them.
 */
export interface World extends AsyncDisposable {
  readonly directory: string;
  readonly network: RunningNetwork;
  /** Its commands end with the world. */
  readonly runner: CommandRunner;
  /** The chain as its node shows it, past the authority. */
  readonly devnet: ChainView;
  /** A registered customer with a deposit on-chain, in whole tokens. */
  customer(name: string, deposit?: string): Promise<Customer>;
  /** A file of random bytes; returns its path. */
  randomFile(name: string, bytes: number): string;
}

/** Options are further arguments of `floodgate deploy` and `floodgate authority start`. */
export async function startWorld(
  deployOptions: readonly string[] = [],
  authorityOptions: readonly string[] = [],
  createRunner = (environment: Record<string, string>): CommandRunner => new InProcessRunner(environment),
): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-world-"));
  const runner = createRunner({ FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex") });
  const dispose = async (): Promise<void> => {
    await runner.stopAll();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const network = await startNetwork(runner, directory, deployOptions, authorityOptions);
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
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
