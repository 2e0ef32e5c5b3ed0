import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { InputError } from "../../protocol/base/errors.ts";

/**
 * The SQLite file of an audit: what grows with the history, and the checkpoint that a later run
 * resumes from.
 */
export interface StateFile extends Disposable {
  readonly database: Database.Database;
  /** Makes all writes since the last commit durable, at once. */
  commit(): void;
  /** Takes back all writes since the last commit. */
  rollback(): void;
}

/** KiB of pages in memory. The rest is on disk and in the system's cache. */
const CACHE_KIB = 16_384;

/**
 * Opens or makes a state file. Null: a temporary one, removed afterwards. A transaction is always
 * open.
 * @throws {InputError} STATE_IN_USE, STATE_UNUSABLE
 */
export function openStateFile(path: string | null): StateFile {
  return path === null ? openTemporary() : openKept(path);
}

function openTemporary(): StateFile {
  const path = join(tmpdir(), `floodgate-audit-${randomUUID()}.sqlite`);
  const database = new Database(path);
  database.pragma("synchronous = OFF");
  return begin(database, () => rmSync(path, { force: true }));
}

function openKept(path: string): StateFile {
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { timeout: 0 });
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.exec("BEGIN IMMEDIATE; COMMIT");
    return begin(database, () => undefined);
  } catch (cause) {
    database?.close();
    if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("SQLITE_BUSY"))
      throw new InputError("STATE_IN_USE", `another audit uses ${path}: wait for it, or choose another --state`, {
        cause,
      });
    const message = `cannot use ${path} as an audit's state: check the path, or delete the file and start again`;
    throw new InputError("STATE_UNUSABLE", message, { cause });
  }
}

function begin(database: Database.Database, remove: () => void): StateFile {
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.exec("BEGIN");
  return {
    database,
    commit() {
      database.exec("COMMIT; BEGIN");
    },
    rollback() {
      database.exec("ROLLBACK; BEGIN");
    },
    [Symbol.dispose]() {
      if (database.inTransaction) database.exec("ROLLBACK");
      database.close();
      remove();
    },
  };
}
