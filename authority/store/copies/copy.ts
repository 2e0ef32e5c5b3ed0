import Database from "better-sqlite3";

/** SQLite's backup API, while others write: https://www.sqlite.org/backup.html */
export async function copyStore(store: Database.Database, path: string): Promise<void> {
  // In one step: a writer of another process would make it begin anew.
  await store.backup(path, { progress: () => 0x7fff_ffff });
  markAsCopy(path);
}

/** An authority that starts on it must not go on as if nothing had happened since. */
export function markAsCopy(path: string): void {
  const copy = new Database(path);
  try {
    copy.pragma("journal_mode = DELETE");
    copy.exec("update network set isCopy = 1");
  } finally {
    copy.close();
  }
}
