import type { Command } from "commander";
import { toChecksumAddress } from "../../protocol/base/ids.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

export function addWalletCommands(program: Command, runtime: Runtime): void {
  const wallet = program
    .command("wallet")
    .summary("make or show the account's wallet")
    .description("The account's wallet.");
  withPassphrase(
    addCommand(wallet, "new", "make a wallet with a random key, encrypted with a passphrase", [
      "wallet new",
      "wallet new --home ~/alice --passphrase-file ~/alice.pass",
    ]),
  ).action((options: CommonOptions) => createWallet(contextOf(runtime, options)));
  addCommand(wallet, "show", "show the wallet's address", ["wallet show"]).action((options: CommonOptions) =>
    showWallet(contextOf(runtime, options)),
  );
}

/** @throws {InputError} FILE_EXISTS, HOME_INVALID, PASSPHRASE_TOO_SHORT, PASSPHRASE_DIFFERS */
async function createWallet({ output, home, passphrase }: CommandContext): Promise<void> {
  const [{ createKeystore }, { choosePassphrase }, { ensurePrivateDirectory, refuseExisting }, { walletPath }] =
    await Promise.all([
      import("../../client/wallet/keystore.ts"),
      import("../../client/wallet/passphrase.ts"),
      import("../../client/wallet/private-file.ts"),
      import("../../client/account/node-home.ts"),
    ]);
  await ensurePrivateDirectory(home);
  const path = walletPath(home);
  // Before a person is asked for a passphrase that could not be used.
  await refuseExisting(path);
  const address = await createKeystore(path, await choosePassphrase(passphrase));
  const text = `wallet ${toChecksumAddress(address)}\nKeep ${path} and its passphrase: without both the money in it is lost.`;
  output.event("done", { address, path }, text);
}

/** @throws {InputError} WALLET_MISSING, WALLET_INVALID */
async function showWallet({ output, home }: CommandContext): Promise<void> {
  const [{ readKeystoreAddress }, { walletPath }] = await Promise.all([
    import("../../client/wallet/keystore.ts"),
    import("../../client/account/node-home.ts"),
  ]);
  const path = walletPath(home);
  const address = await readKeystoreAddress(path);
  output.event("done", { address, path }, toChecksumAddress(address));
}
