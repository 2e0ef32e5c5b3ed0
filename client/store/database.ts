import { join } from "node:path";
import Database from "better-sqlite3";
import { InputError } from "../../protocol/base/errors.ts";
import { MIGRATIONS } from "./schema.ts";

/**
 * Opens the store of a home, creates it if there is none, and brings an older one up to date. It
 * holds SQLite's lock as long as it is open, so two processes never share a home.
 * @throws {InputError} HOME_IN_USE, STORE_UNUSABLE, STORE_TOO_NEW
 */
export function openDatabase(home: string): Database.Database {
  const path = join(home, "peer.sqlite");
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { timeout: 0 });
    db.pragma("locking_mode = EXCLUSIVE");
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    migrate(db, path);
    // This commit creates the log and makes its directory entry durable. From then on `WalSync`
    // syncs it.
    db.pragma(`user_version = ${MIGRATIONS.length}`);
    db.pragma("synchronous = NORMAL");
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof InputError) throw cause;
    if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("SQLITE_BUSY"))
      throw new InputError("HOME_IN_USE", `another process uses ${home}: stop it, or choose another --home`, { cause });
    throw new InputError("STORE_UNUSABLE", `cannot open ${path}: check that the directory exists and is yours`, {
      cause,
    });
  }
}

function migrate(db: Database.Database, path: string): void {
  const version = db.pragma("user_version", { simple: true }) as number;
  if (version > MIGRATIONS.length) throw new InputError("STORE_TOO_NEW", `${path} was written by a newer Floodgate`);
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}
