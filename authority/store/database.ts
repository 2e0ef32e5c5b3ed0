import { join } from "node:path";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect, type Transaction } from "kysely";
import { InputError } from "../../protocol/base/errors.ts";
import { migrate } from "./migrations.ts";
import type { Tables } from "./schema.ts";

/** The store, or one transaction of it: every query function takes either. */
export type Db = Kysely<Tables>;

export interface Store {
  readonly db: Db;
  /**
   * Runs one write transaction at a time in this process. `fn` must await nothing but queries on
   * `trx`.
   */
  transaction<T>(fn: (trx: Transaction<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens or creates the store in `home`. @throws {InputError} HOME_IN_USE, STORE_TOO_NEW */
export async function openStore(home: string): Promise<Store> {
  const lock = lockHome(home);
  const sqlite = new Database(join(home, "authority.sqlite"));
  sqlite.pragma("journal_mode = WAL");
  // A voucher must be on the disk before it gets its receipt, so each commit is an fsync.
  sqlite.pragma("synchronous = FULL");
  sqlite.pragma("foreign_keys = ON");
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
  const close = async (): Promise<void> => {
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
