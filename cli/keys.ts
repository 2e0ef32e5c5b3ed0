import { join } from "node:path";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { OPERATOR_SECRET_FILE } from "../authority/secrets.ts";
import type { AccountHome } from "../client/account/home.ts";
import { type GasPayer, gasPayerOf } from "../client/chain/sender.ts";
import { createPrivateFile, readPrivateFile } from "../client/wallet/private-file.ts";
import { bytesToHex, type Hex } from "../protocol/base/bytes.ts";
import { InputError } from "../protocol/base/errors.ts";
import { parseHexBytes } from "../protocol/base/ids.ts";
import { isPrivateKey } from "../protocol/base/secp256k1.ts";

/**
 * Keys and secrets in files, beside those of an account. The authority's hot keys are plain files
 * of one line in its home, 0x and 64 hex digits: a server starts without a person.
 */

export const OPERATOR_KEY_FILE = "operator.key";
export const ALLOTTER_KEY_FILE = "allotter.key";

/** @throws {InputError} KEY_FILE_MISSING, KEY_FILE_INVALID, FILE_PERMISSIONS */
export async function readKeyFile(path: string): Promise<Hex> {
  const text = await readPrivateFile(path);
  if (text === null) {
    throw new InputError(
      "KEY_FILE_MISSING",
      `there is no key file ${path}: \`floodgate deploy\` makes it, or check --home`,
    );
  }
  const key = parseKey(text.trim());
  if (!key) throw new InputError("KEY_FILE_INVALID", `${path} must hold one private key: 0x and 64 hex digits`);
  return bytesToHex(key);
}

/** Reads a key of the authority's home, and makes a random one if there is none. */
export async function ensureKeyFile(home: string, name: string): Promise<Hex> {
  const path = join(home, name);
  if ((await readPrivateFile(path)) === null) await createPrivateFile(path, `${generatePrivateKey()}\n`);
  return readKeyFile(path);
}

/** The key in `file`, else the wallet of the home: then the passphrase is needed. */
export async function openGasPayer(home: AccountHome, file: string | undefined): Promise<GasPayer> {
  return file === undefined ? home.unlock() : gasPayerOf(privateKeyToAccount(await readKeyFile(file)));
}

/**
 * The secret of operators and trackers, from a file or the authority's home.
 * @throws {InputError} SECRET_FILE_INVALID, FILE_PERMISSIONS
 */
export async function readOperatorSecret(file: string | undefined, home: string): Promise<string> {
  const path = file ?? join(home, OPERATOR_SECRET_FILE);
  const secret = (await readPrivateFile(path))?.trim();
  if (secret === undefined || !/^[0-9a-f]{64}$/.test(secret)) {
    throw new InputError(
      "SECRET_FILE_INVALID",
      `${path} does not hold an operator secret: \`floodgate authority start\` makes it in its home, check --home or --secret-file`,
    );
  }
  return secret;
}

function parseKey(text: string): Uint8Array | null {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) return null;
  const bytes = parseHexBytes(text, 32);
  return isPrivateKey(bytes) ? bytes : null;
}
