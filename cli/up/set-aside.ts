import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../protocol/base/errors.ts";
import type { NetworkDefaults } from "../network-defaults.ts";

/** A devnet forgets everything when it stops, so what a home holds of the last one is of no use. */

/** Of an account on one chain. The wallet is good on every chain. */
const OF_ONE_CHAIN = ["network.json", "session.json", "deposit.json", "peer.sqlite", "peer.sqlite-wal"];

/** Moves the account's files of the devnet before into a new folder. Returns it, or null. */
export async function setAccountAside(home: string): Promise<string | null> {
  const names = OF_ONE_CHAIN.filter((name) => existsSync(join(home, name)));
  if (names.length === 0) return null;
  const folder = join(home, `before-${readdirSync(home).filter((name) => name.startsWith("before-")).length + 1}`);
  await mkdir(folder, { mode: 0o700 });
  for (const name of names) await rename(join(home, name), join(folder, name));
  return folder;
}

/**
 * Removes the authority of the last `floodgate up`, and nothing else.
 * @throws {InputError} FILE_EXISTS
 */
export async function clearAuthority(authorityHome: string, last: NetworkDefaults | null): Promise<void> {
  if (!existsSync(authorityHome)) return;
  if (last?.authorityHome !== authorityHome)
    throw new InputError("FILE_EXISTS", `${authorityHome} is not of \`floodgate up\`: move it away, or choose --home`);
  await rm(authorityHome, { recursive: true });
}
