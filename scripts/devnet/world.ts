import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuthorityClient } from "../../client/authority-client.ts";
import { identityOf, readSession } from "../../client/wallet/session.ts";
import { CommandRunner } from "./command.ts";
import { registerCustomer } from "./customers.ts";
import { type DemoNetwork, startNetwork } from "./network.ts";

/** Chain, T and tracker as processes of their own, for benches that pay. Both sides of a comparison run beside it. */
export interface MoneyWorld extends AsyncDisposable {
  readonly directory: string;
  readonly network: DemoNetwork;
  /** Its commands end with the world. */
  readonly runner: CommandRunner;
  /** A registered customer with this deposit; its home directory. */
  customer(name: string, deposit: string): Promise<string>;
  /** T's API as the customer of this home sees it. */
  clientOf(home: string): Promise<AuthorityClient>;
}

export async function startMoneyWorld(): Promise<MoneyWorld> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-bench-"));
  const runner = new CommandRunner({ FLOODGATE_PASSPHRASE: randomBytes(16).toString("hex") }, () => undefined);
  const dispose = async (): Promise<void> => {
    await runner.stopAll();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const network = await startNetwork(runner, directory);
    return {
      directory,
      network,
      runner,
      async customer(name, deposit) {
        const { home } = await registerCustomer(runner, network, directory, name, deposit);
        return home;
      },
      async clientOf(home) {
        const session = await readSession(home);
        if (!session) throw new Error(`no session in ${home}`);
        return new AuthorityClient({ url: network.apiUrl }).withBearer(identityOf(session).accessToken);
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
