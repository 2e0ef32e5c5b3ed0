import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AuthorityClient } from "../../client/authority-client.ts";
import { identityOf } from "../../client/wallet/session.ts";
import { readSession } from "../../client/wallet/session-file.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { CommandRunner } from "./command.ts";
import type { NetworkPlaces } from "./network.ts";

/** The card number that the devnet's funding source always accepts. */
const GOOD_CARD = "4242424242424242";

export interface Customer {
  readonly name: string;
  readonly home: string;
  readonly account: Address;
  readonly depositBefore: Amount;
}

/** A new wallet, registered with the authority, its deposit on-chain and its session authorized. */
export async function registerCustomer(
  runner: CommandRunner,
  network: NetworkPlaces,
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

/** The authority's API as the customer of this home sees it. */
export async function clientOf(network: NetworkPlaces, home: string): Promise<AuthorityClient> {
  const session = await readSession(home);
  if (!session) throw new Error(`no session in ${home}`);
  return new AuthorityClient({ url: network.apiUrl }).withSession(identityOf(session));
}
