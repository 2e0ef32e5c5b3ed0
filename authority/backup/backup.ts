import { chmod, cp, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../../protocol/base/errors.ts";
import { OPERATOR_SECRET_FILE, TOKEN_SECRET_FILE } from "../secrets.ts";
import { copyStore, markAsCopy } from "../store/copies/copy.ts";
import { openToRead, STORE_FILE, type StoreSummary, verifyStore } from "../store/copies/verify.ts";

/** Published .torrent files, below the home. */
const TORRENTS = "torrents";
const SECRETS = [OPERATOR_SECRET_FILE, TOKEN_SECRET_FILE];

/**
 * Copies store, secrets and published torrents of a home into a new directory, while the authority
 * runs. Keys are not copied. The copy is whole, or it is not there.
 * @throws {InputError} STORE_MISSING, STORE_DAMAGED, BACKUP_EXISTS, FILE_UNWRITABLE
 */
export async function backUp(home: string, out: string): Promise<StoreSummary> {
  const part = `${out}.part`;
  const store = openToRead(join(home, STORE_FILE));
  try {
    await makeEmpty(part, out);
    await copyStore(store, join(part, STORE_FILE));
    await copyFiles(home, part);
    const summary = verifyStore(part);
    await syncAll(part);
    await rename(part, out);
    await syncDirectory(dirname(out));
    return summary;
  } catch (error) {
    if (!(error instanceof InputError && error.code === "BACKUP_EXISTS"))
      await rm(part, { recursive: true, force: true });
    if (error instanceof InputError) throw error;
    throw new InputError("FILE_UNWRITABLE", `cannot write the backup ${out}: check the directory and the disk`, {
      cause: error,
    });
  } finally {
    store.close();
  }
}

/**
 * Puts a backup into a home that has no store. The authority that starts there knows that it was
 * restored.
 * @throws {InputError} STORE_MISSING, STORE_DAMAGED, HOME_NOT_EMPTY, FILE_UNWRITABLE
 */
export async function restore(from: string, home: string): Promise<StoreSummary> {
  const summary = verifyStore(from);
  const path = join(home, STORE_FILE);
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    if ((await readdir(home)).some((name) => name.startsWith(STORE_FILE)))
      throw new InputError("HOME_NOT_EMPTY", `there is a store in ${home}: move ${STORE_FILE}* away first`);
    await copyFiles(from, home);
    await cp(join(from, STORE_FILE), `${path}.part`);
    await chmod(`${path}.part`, 0o600);
    markAsCopy(`${path}.part`);
    await syncFile(`${path}.part`);
    await rename(`${path}.part`, path);
    await syncDirectory(home);
    return { ...summary, isCopy: true };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError("FILE_UNWRITABLE", `cannot write into ${home}: check the directory and the disk`, {
      cause: error,
    });
  }
}

/** The directory for the copy; what an interrupted one left is removed. */
async function makeEmpty(part: string, out: string): Promise<void> {
  const exists = await readdir(out).catch(() => null);
  if (exists !== null) throw new InputError("BACKUP_EXISTS", `${out} exists: choose another --out`);
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
}

/** Secrets that are there already stay. */
async function copyFiles(from: string, to: string): Promise<void> {
  const names = new Set(await readdir(from));
  for (const name of [...SECRETS, TORRENTS].filter((one) => names.has(one)))
    await cp(join(from, name), join(to, name), { recursive: true, force: false, preserveTimestamps: true });
}

async function syncAll(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    await (entry.isDirectory() ? syncAll(path) : syncFile(path));
  }
  await syncDirectory(directory);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync().finally(() => file.close());
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  await directory.sync().finally(() => directory.close());
}
