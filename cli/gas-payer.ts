import { privateKeyToAccount } from "viem/accounts";
import { type GasPayer, gasPayerOf } from "../client/chain/sender.ts";
import { unlockWallet } from "./account/account.ts";
import { readKeyFile } from "./deploy/key-file.ts";
import type { Context } from "./runtime.ts";

/** The key in `file`, else the wallet of the home: then the passphrase is needed. */
export async function openGasPayer(context: Context, file: string | undefined): Promise<GasPayer> {
  return file === undefined ? unlockWallet(context) : gasPayerOf(privateKeyToAccount(await readKeyFile(file)));
}
