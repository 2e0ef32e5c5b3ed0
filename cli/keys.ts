import { readdir } from "node:fs/promises";
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

/**
 * All keys of a kind in the authority's home, oldest first: `operator.key`, `operator-2.key` and so
 * on. `name`: of the first file.
 * @throws {InputError} KEY_FILE_MISSING, KEY_FILE_INVALID, FILE_PERMISSIONS
 */
async function readKeyFiles(home: string, name: string): Promise<Hex[]> {
  const files = await listKeyFiles(home, name);
  return Promise.all((files.length === 0 ? [name] : files).map((file) => readKeyFile(join(home, file))));
}

/** Both kinds of the authority's keys, as it takes them. @throws as `readKeyFile` */
export async function readAuthorityKeys(home: string): Promise<{ operatorKey: Hex[]; allotterKey: Hex[] }> {
  const [operatorKey, allotterKey] = await Promise.all([
    readKeyFiles(home, OPERATOR_KEY_FILE),
    readKeyFiles(home, ALLOTTER_KEY_FILE),
  ]);
  return { operatorKey, allotterKey };
}

/** Makes a random key that is newer than all of its kind. @throws as `readKeyFile` */
export async function addKeyFile(home: string, name: string): Promise<{ readonly file: string; readonly key: Hex }> {
  const newest = (await listKeyFiles(home, name)).at(-1) ?? name;
  await readKeyFile(join(home, newest));
  const next = `${kindOf(name)}-${numberOf(newest) + 1}.key`;
  return { file: join(home, next), key: await ensureKeyFile(home, next) };
}

async function listKeyFiles(home: string, name: string): Promise<string[]> {
  const pattern = new RegExp(`^${kindOf(name)}(-[1-9]\\d{0,5})?\\.key$`);
  const found = await readdir(home).catch(() => []);
  return found.filter((file) => pattern.test(file)).toSorted((a, b) => numberOf(a) - numberOf(b));
}

/** "operator" of `operator.key`. */
function kindOf(name: string): string {
  return name.slice(0, -".key".length);
}

function numberOf(file: string): number {
  return Number(/-(\d+)\.key$/.exec(file)?.[1] ?? 1);
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
