import { existsSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { InputError } from "../../protocol/base/errors.ts";
import { MIGRATIONS } from "./schema.ts";

/** The open store of a home, and the lock that keeps other writers out. */
export interface OwnedDatabase {
  readonly db: Database.Database;
  /** Closes the store, then lets others have the home. */
  close(): void;
}

/**
 * Opens the store of a home, creates it if there is none, and brings an older one up to date. It
 * holds the home's lock as long as it is open, so two processes never write to one home; others
 * may read meanwhile.
 * @throws {InputError} HOME_IN_USE, STORE_UNUSABLE, STORE_TOO_NEW
 */
export function openDatabase(home: string): OwnedDatabase {
  const path = join(home, "peer.sqlite");
  let lock: Database.Database | null = null;
  let db: Database.Database | null = null;
  try {
    lock = takeLock(home);
    db = new Database(path, { timeout: 0 });
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    migrate(db, path);
    // This commit creates the log and makes its directory entry durable. From then on `WalSync`
    // syncs it.
    db.pragma(`user_version = ${MIGRATIONS.length}`);
    db.pragma("synchronous = NORMAL");
    return ownedDatabase(db, lock);
  } catch (cause) {
    db?.close();
    lock?.close();
    throw storeError(home, path, cause);
  }
}

/**
 * Opens the store of a home to read it, also while a peer works with it. Null: there is none, or
 * an older version wrote it, and `openDatabase` must bring it up to date.
 * @throws {InputError} STORE_UNUSABLE, STORE_TOO_NEW
 */
export function openDatabaseToRead(home: string): Database.Database | null {
  const path = join(home, "peer.sqlite");
  if (!existsSync(path)) return null;
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    if (versionOf(db, path) === MIGRATIONS.length) return db;
    db.close();
    return null;
  } catch (cause) {
    db?.close();
    throw storeError(home, path, cause);
  }
}

/**
 * Keeps peers out of a home that needs no store. Returns what lets them in again.
 * @throws {InputError} HOME_IN_USE, STORE_UNUSABLE
 */
export function holdHome(home: string): () => void {
  try {
    const lock = takeLock(home);
    return () => lock.close();
  } catch (cause) {
    throw storeError(home, join(home, "peer.lock"), cause);
  }
}

/** The operating system frees the lock with the process, however that ends. */
function takeLock(home: string): Database.Database {
  const lock = new Database(join(home, "peer.lock"), { timeout: 0 });
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

function ownedDatabase(db: Database.Database, lock: Database.Database): OwnedDatabase {
  return {
    db,
    close() {
      db.close();
      lock.close();
    },
  };
}

function storeError(home: string, path: string, cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("SQLITE_BUSY"))
    return new InputError(
      "HOME_IN_USE",
      `another process uses ${home}: stop it, choose another --home, or let one \`floodgate peer start\` hold all contents`,
      { cause },
    );
  return new InputError("STORE_UNUSABLE", `cannot open ${path}: check that the directory exists and is yours`, {
    cause,
  });
}

function versionOf(db: Database.Database, path: string): number {
  const version = db.pragma("user_version", { simple: true }) as number;
  if (version > MIGRATIONS.length) throw new InputError("STORE_TOO_NEW", `${path} was written by a newer Floodgate`);
  return version;
}

function migrate(db: Database.Database, path: string): void {
  const version = versionOf(db, path);
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}
