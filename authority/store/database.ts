import { join } from "node:path";
import Database from "better-sqlite3";
import { Kysely, type Transaction } from "kysely";
import { InputError } from "../../protocol/base/errors.ts";
import { migrate } from "./migrations.ts";
import type { Tables } from "./schema.ts";
import { createSqliteDialect } from "./sqlite-dialect.ts";
import { toStoreError } from "./store-errors.ts";
import { LONG_LOG, Wal } from "./wal.ts";
import { WriteLock } from "./write-lock.ts";

/** The store, or one transaction of it: every query function takes either. */
export type Db = Kysely<Tables>;

export interface Store {
  readonly db: Db;
  /**
   * Runs one write transaction at a time in this process, and resolves when it is on the disk. `fn`
   * must await nothing but queries on `trx`. @throws {FloodgateError} STORE_FULL, STORE_BROKEN:
   * nothing was changed, or nobody knows
   */
  transaction<T>(fn: (trx: Transaction<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** While writes fail, this often one is tried. */
const PROBE_MS = 1_000;

/**
 * Opens or creates the store in `home`. `report` gets why writes fail, and null when they work
 * again. @throws {InputError} HOME_IN_USE, STORE_TOO_NEW; {FloodgateError} STORE_FULL, STORE_BROKEN
 */
export async function openStore(
  home: string,
  report: (problem: string | null) => void = () => undefined,
): Promise<Store> {
  const lock = lockHome(home);
  const path = join(home, "authority.sqlite");
  const writeLock = new WriteLock();
  const wal = new Wal(path, writeLock);
  let probe: NodeJS.Timeout | undefined;
  const onWrite = (error: Error | null): void => {
    report(error?.message ?? null);
    clearTimeout(probe);
    if (error !== null && wal.failure === null) probe = setTimeout(tryToWrite, PROBE_MS).unref();
  };
  let sqlite: Database.Database;
  try {
    sqlite = openFile(path);
  } catch (error) {
    lock.close();
    throw toStoreError(error);
  }
  const db = new Kysely<Tables>({ dialect: createSqliteDialect({ sqlite, lock: writeLock, wal, onWrite }) });
  const tryToWrite = (): void => {
    db.updateTable("network")
      .set({ id: 1 })
      .execute()
      .catch(() => undefined);
  };
  const close = async (): Promise<void> => {
    clearTimeout(probe);
    await wal.close();
    await db.destroy();
    lock.close();
  };
  try {
    await migrate(db as unknown as Kysely<never>);
  } catch (error) {
    await close();
    throw error;
  }
  return { db, transaction: (fn) => db.transaction().execute(fn), close };
}

function openFile(path: string): Database.Database {
  const sqlite = new Database(path);
  try {
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma("synchronous = FULL");
    sqlite.pragma("foreign_keys = ON");
    // This commit creates the log and makes its directory entry durable. `Wal` syncs all others.
    sqlite.pragma(`application_id = ${APPLICATION_ID}`);
    sqlite.pragma("synchronous = NORMAL");
    sqlite.pragma("wal_autocheckpoint = 0");
    sqlite.pragma(`journal_size_limit = ${2 * LONG_LOG}`);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** "flga": tells `file` and others whose database this is. */
const APPLICATION_ID = 0x666c6761;

/** The operating system drops this lock when the process dies, however it dies. */
function lockHome(home: string): Database.Database {
  const lock = new Database(join(home, "lock.sqlite"), { timeout: 0 });
  try {
    lock.pragma("journal_mode = DELETE");
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    throw new InputError("HOME_IN_USE", `another authority runs on ${home}: stop it, or choose another --home`, {
      cause: error,
    });
  }
}
