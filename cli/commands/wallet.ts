import type { Command } from "commander";
import { toChecksumAddress } from "../../protocol/base/ids.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime, withPassphrase } from "../runtime.ts";
import { walletPath } from "../wallet-path.ts";

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
  ).action(async (options: CommonOptions) => {
    const { output, home, passphrase } = contextOf(runtime, options);
    const { createKeystore } = await import("../../client/wallet/keystore.ts");
    const { choosePassphrase } = await import("../../client/wallet/passphrase.ts");
    const { ensurePrivateDirectory, refuseExisting } = await import("../../client/wallet/private-file.ts");
    await ensurePrivateDirectory(home);
    const path = walletPath(home);
    // Before a person is asked for a passphrase that could not be used.
    await refuseExisting(path);
    const address = await createKeystore(path, await choosePassphrase(passphrase));
    const text = `wallet ${toChecksumAddress(address)}\nKeep ${path} and its passphrase: without both the money in it is lost.`;
    output.event("done", { address, path }, text);
  });

  addCommand(wallet, "show", "show the wallet's address", ["wallet show"]).action(async (options: CommonOptions) => {
    const { output, home } = contextOf(runtime, options);
    const { readKeystoreAddress } = await import("../../client/wallet/keystore.ts");
    const path = walletPath(home);
    const address = await readKeystoreAddress(path);
    output.event("done", { address, path }, toChecksumAddress(address));
  });
}
