import { join } from "node:path";
import { generatePrivateKey } from "viem/accounts";
import { createPrivateFile, readPrivateFile } from "../../client/wallet/private-file.ts";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { parseHexBytes } from "../../protocol/base/ids.ts";
import { isPrivateKey } from "../../protocol/base/secp256k1.ts";

/** T's hot keys: plain files of one line in its home, 0x and 64 hex digits, since a server starts without a person. */

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

/** Reads the key of T's home, and makes a random one at first. */
export async function ensureKeyFile(home: string, name: string): Promise<Hex> {
  const path = join(home, name);
  if ((await readPrivateFile(path)) === null) await createPrivateFile(path, `${generatePrivateKey()}\n`);
  return readKeyFile(path);
}

function parseKey(text: string): Uint8Array | null {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) return null;
  const bytes = parseHexBytes(text, 32);
  return isPrivateKey(bytes) ? bytes : null;
}
