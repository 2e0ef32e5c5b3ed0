import { closeSync, fdatasyncSync, openSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/**
 * Syncs SQLite's write-ahead log in a thread of the pool, so that the event loop goes on while the
 * disk works. With `synchronous = NORMAL` a commit appends to the log and leaves the sync to us
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export interface WalSync {
  /** Resolves when everything that was in the log at the time of the call is on disk. */
  sync(): Promise<void>;
  /** The same, at once: for the end. */
  syncNow(): void;
  /** Closes the log, once a sync under way is done. */
  close(): void;
}

/** The log exists from the first commit, and stays the same file until the database is closed. */
export function createWalSync(databasePath: string): WalSync {
  let opening: Promise<FileHandle> | null = null;
  return {
    async sync() {
      opening ??= open(`${databasePath}-wal`, "r");
      await (await opening).datasync();
    },
    syncNow() {
      const file = openSync(`${databasePath}-wal`, "r");
      try {
        fdatasyncSync(file);
      } finally {
        closeSync(file);
      }
    },
    close() {
      opening?.then((file) => file.close()).catch(() => undefined);
    },
  };
}
