import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandRunner } from "../../scripts/devnet/command.ts";
import { type Customer, registerCustomer } from "../../scripts/devnet/customers.ts";
import { type Devnet, openDevnet } from "../../scripts/devnet/money.ts";
import { type DemoNetwork, startNetwork } from "../../scripts/devnet/network.ts";

/** All of Floodgate as real processes, driven by the command lines of README. */
export interface World extends AsyncDisposable {
  readonly directory: string;
  readonly runner: CommandRunner;
  readonly network: DemoNetwork;
  /** The test's own look at the chain. */
  readonly devnet: Devnet;
  /** A registered customer with a deposit on-chain. */
  customer(name: string, deposit?: string): Promise<Customer>;
  /** A file of random bytes; returns its path. */
  randomFile(name: string, bytes: number): string;
}

export async function startWorld(
  deployOptions: readonly string[] = [],
  authorityOptions: readonly string[] = [],
): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-e2e-"));
  const runner = new CommandRunner({ FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex") }, () => undefined);
  const dispose = async (): Promise<void> => {
    await runner.stopAll();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const network = await startNetwork(runner, directory, deployOptions, authorityOptions);
    return {
      directory,
      runner,
      network,
      devnet: openDevnet(network.rpcUrl, network.contract, network.token),
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
