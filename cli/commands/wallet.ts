import type { Command } from "commander";
import { InputError } from "../../protocol/base/errors.ts";
import { toChecksumAddress } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { wholeNumber } from "../arguments.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";

interface ImportOptions extends CommonOptions {
  readonly index: number;
}

interface ExportOptions extends CommonOptions {
  readonly out?: string;
  readonly privateKey?: boolean;
}

/** A keystore has about 500 bytes. */
const MAX_IMPORT_BYTES = 64 * 1024;

export function addWalletCommands(program: Command, runtime: Runtime): void {
  const wallet = program
    .command("wallet")
    .summary("make, bring, show or take away the account's wallet")
    .description("The account's wallet.");
  withPassphrase(
    addCommand(wallet, "new", "make a wallet with a random key, encrypted with a passphrase", [
      "wallet new",
      "wallet new --home ~/alice --passphrase-file ~/alice.pass",
    ]),
  ).action((options: CommonOptions) => createWallet(contextOf(runtime, options)));
  withPassphrase(
    addCommand(wallet, "import", "bring a wallet: a keystore v3, a private key or a mnemonic", [
      "wallet import ~/.ethereum/keystore/UTC--2026-01-01",
      "wallet import < words.txt",
      "wallet import --index 1    # the second account of a mnemonic that is typed in",
    ]),
  )
    .argument("[file]", "file that holds it; without one it is read from standard input, or asked for")
    .option("--index <number>", "which account of a mnemonic", wholeNumber(0, 2 ** 31 - 1), 0)
    .action((file: string | undefined, options: ImportOptions) =>
      importWallet(contextOf(runtime, options), file, options.index),
    );
  withPassphrase(
    addCommand(wallet, "export", "take the wallet elsewhere: its keystore, or its private key", [
      "wallet export --out backup.json",
      "wallet export --private-key --out key.txt",
    ]),
  )
    .option("--out <file>", "file for its owner alone; it must not exist yet (default: standard output)")
    .option("--private-key", "the key itself, for whoever reads it to spend: only into a file, with --out")
    .action((options: ExportOptions) => exportWallet(contextOf(runtime, options), options));
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

/**
 * The new keystore has this program's own cost, and the passphrase of the one before.
 * @throws {InputError} IMPORT_INVALID, FILE_EXISTS, FILE_UNREADABLE; {AccessError} PASSPHRASE_WRONG
 */
async function importWallet(context: CommandContext, file: string | undefined, index: number): Promise<void> {
  const { output, home, passphrase } = context;
  const [keystore, passphrases, files, { walletPath }, { readImported }, { readStandardInput, readTextFile }] =
    await Promise.all([
      import("../../client/wallet/keystore.ts"),
      import("../../client/wallet/passphrase.ts"),
      import("../../client/wallet/private-file.ts"),
      import("../../client/account/node-home.ts"),
      import("../../client/wallet/import.ts"),
      import("../text-file.ts"),
    ]);
  await files.ensurePrivateDirectory(home);
  const path = walletPath(home);
  await files.refuseExisting(path);
  const text =
    file !== undefined
      ? await readTextFile(file, MAX_IMPORT_BYTES)
      : passphrase.prompt
        ? await passphrase.prompt("Private key, or mnemonic (it is not shown): ")
        : await readStandardInput(MAX_IMPORT_BYTES);
  const imported = readImported(text, index);
  const secret =
    imported.type === "keystore"
      ? await passphrases.readPassphrase(passphrase)
      : await passphrases.choosePassphrase(passphrase);
  const key =
    imported.type === "keystore"
      ? await keystore.decryptKeystore(imported.json, secret, file ?? "the keystore")
      : imported.privateKey;
  const address = await keystore.createKeystore(path, secret, key);
  const told = `wallet ${toChecksumAddress(address)}\nKeep ${path} and its passphrase: without both the money in it is lost.`;
  output.event("done", { address, path }, told);
}

/**
 * @throws {InputError} WALLET_MISSING, WALLET_INVALID, FILE_EXISTS, OPTIONS_INCOMPLETE;
 * {AccessError} PASSPHRASE_WRONG
 */
async function exportWallet({ output, home, passphrase }: CommandContext, options: ExportOptions): Promise<void> {
  const { out, privateKey: isKey } = options;
  if (isKey && out === undefined)
    throw new InputError("OPTIONS_INCOMPLETE", "--private-key needs --out: a key on the screen is seen by others");
  const [keystore, { readPassphrase }, { createPrivateFile }, { walletPath }] = await Promise.all([
    import("../../client/wallet/keystore.ts"),
    import("../../client/wallet/passphrase.ts"),
    import("../../client/wallet/private-file.ts"),
    import("../../client/account/node-home.ts"),
  ]);
  const path = walletPath(home);
  const address = await keystore.readKeystoreAddress(path);
  const text = isKey
    ? await keystore.readPrivateKey(path, await readPassphrase(passphrase))
    : (await keystore.readKeystore(path)).trimEnd();
  if (out === undefined) {
    output.event("keystore", { keystore: JSON.parse(text) }, text);
    return;
  }
  await createPrivateFile(out, `${text}\n`);
  const what = isKey ? "private key, which anybody who reads it can spend with" : "keystore";
  output.event("done", { address, path: out }, `${printable(out)} holds the ${what}, of ${toChecksumAddress(address)}`);
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
