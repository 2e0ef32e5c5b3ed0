import type { AuditStore } from "./audit-store.ts";
import { readCheckpoint, readProgress, writeCheckpoint } from "./checkpoint.ts";
import { createSqliteLaneBook } from "./sqlite-lane-book.ts";
import { openStateFile } from "./state-file.ts";

/**
 * An audit's store in an SQLite file. Null: a temporary one.
 * @throws {InputError} STATE_IN_USE, STATE_UNUSABLE
 */
export function openSqliteStore(path: string | null): AuditStore {
  const file = openStateFile(path);
  const { database } = file;
  return {
    database,
    openLanes: () => createSqliteLaneBook(database),
    readCheckpoint: (origin, chain, end) => readCheckpoint(database, origin, chain, end),
    save(origin, at) {
      writeCheckpoint(database, origin, at);
      file.commit();
    },
    rewind() {
      file.rollback();
      return readProgress(database);
    },
    aside(what) {
      database.exec("SAVEPOINT conclusion");
      what();
      database.exec("ROLLBACK TO conclusion; RELEASE conclusion");
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
