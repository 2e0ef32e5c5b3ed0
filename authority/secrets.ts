import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../protocol/base/errors.ts";

/**
 * File in the authority's home with the secret that operators and the tracker send as bearer token.
 */
export const OPERATOR_SECRET_FILE = "operator-secret";
/** File in the authority's home with the key of the MACs in access tokens. */
export const TOKEN_SECRET_FILE = "token-secret";

/** Creates the authority's home with mode 0700. @throws {InputError} HOME_INVALID */
export function createHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new InputError("HOME_INVALID", `cannot create the directory ${home}`, { cause: error });
  }
}

/**
 * Reads 32 random bytes in hex, made at the first start with mode 0600.
 * @throws {InputError} SECRET_INVALID
 */
export function loadSecret(home: string, name: string): string {
  const path = join(home, name);
  try {
    writeFileSync(path, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST")
      throw new InputError("SECRET_INVALID", `cannot write ${path}`, { cause: error });
  }
  if ((statSync(path).mode & 0o077) !== 0)
    throw new InputError("SECRET_INVALID", `${path} can be read by others: run chmod 600 on it`);
  const secret = readFileSync(path, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(secret))
    throw new InputError("SECRET_INVALID", `${path} is damaged: remove it, and the next start makes a new one`);
  return secret;
}
