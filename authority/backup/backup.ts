import { chmod, cp, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../../protocol/base/errors.ts";
import { OPERATOR_SECRET_FILE, TOKEN_SECRET_FILE } from "../secrets.ts";
import { copyStore, markAsCopy } from "../store/copies/copy.ts";
import { openToRead, STORE_FILE, type StoreSummary, verifyStore } from "../store/copies/verify.ts";

/** Published .torrent files, below the home. */
const TORRENTS = "torrents";
/** What a restore is at work on, below the home. */
const PART_RESTORED = "restore.part";
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
 * restored. The store comes last, so that one that was interrupted can be done again.
 * @throws {InputError} STORE_MISSING, STORE_DAMAGED, HOME_NOT_EMPTY, FILE_UNWRITABLE
 */
export async function restore(from: string, home: string): Promise<StoreSummary> {
  const summary = verifyStore(from);
  const part = join(home, PART_RESTORED);
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    if ((await readdir(home)).some((name) => name.startsWith(STORE_FILE)))
      throw new InputError("HOME_NOT_EMPTY", `there is a store in ${home}: move ${STORE_FILE}* away first`);
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { mode: 0o700 });
    await copyFiles(from, part);
    const store = join(part, STORE_FILE);
    await cp(join(from, STORE_FILE), store);
    await chmod(store, 0o600);
    markAsCopy(store);
    await syncAll(part);
    for (const name of [...SECRETS, TORRENTS]) await moveMissing(join(part, name), join(home, name));
    await syncDirectory(home);
    await rename(store, join(home, STORE_FILE));
    await syncDirectory(home);
    await rm(part, { recursive: true, force: true });
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
  if (await exists(out)) throw new InputError("BACKUP_EXISTS", `${out} exists: choose another --out`);
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
}

async function copyFiles(from: string, to: string): Promise<void> {
  const names = new Set(await readdir(from));
  for (const name of [...SECRETS, TORRENTS].filter((one) => names.has(one)))
    await cp(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true });
}

/** Moves a file or a directory. Files that are there already stay. Each is whole, or not there. */
async function moveMissing(from: string, to: string): Promise<void> {
  const facts = await stat(from).catch(() => null);
  if (facts === null) return;
  if (!facts.isDirectory()) {
    if (!(await exists(to))) await rename(from, to);
    return;
  }
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of await readdir(from)) await moveMissing(join(from, name), join(to, name));
  await syncDirectory(to);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
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
