import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { CommandRunner } from "./command.ts";
import type { DemoNetwork } from "./network.ts";

/** The card number that the devnet's funding source always accepts. */
const GOOD_CARD = "4242424242424242";

export interface Customer {
  readonly name: string;
  readonly home: string;
  readonly account: Address;
  readonly depositBefore: Amount;
}

/** A new wallet, registered with T, its deposit on-chain and its session authorized. */
export async function registerCustomer(
  runner: CommandRunner,
  network: DemoNetwork,
  directory: string,
  name: string,
  deposit: string,
): Promise<Customer> {
  const home = join(directory, name);
  mkdirSync(home, { mode: 0o700 });
  const wallet = await runner.run(["wallet", "new", "--home", home]);
  await runner.run([
    "register",
    "--authority",
    network.apiUrl,
    "--card",
    GOOD_CARD,
    "--deposit",
    deposit,
    "--home",
    home,
  ]);
  const balance = await runner.run(["balance", "--home", home]);
  return { name, home, account: parseAddress(String(wallet.address)), depositBefore: BigInt(String(balance.balance)) };
}
