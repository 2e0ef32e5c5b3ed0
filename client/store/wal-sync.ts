import { type FileHandle, open } from "node:fs/promises";

/**
 * Syncs SQLite's write-ahead log in a thread of the pool. With `synchronous = NORMAL` a commit appends to the log and leaves the
 * sync to us (https://www.sqlite.org/pragma.html#pragma_synchronous), so the event loop goes on while the disk works.
 */
export interface WalSync {
  /** Resolves when everything in the log at the time of the call is on the disk. */
  sync(): Promise<void>;
  /** Waits for a sync under way. */
  close(): void;
}

/** The log exists from the first commit on, and is the same file until the database is closed. */
export function createWalSync(databasePath: string): WalSync {
  let opening: Promise<FileHandle> | null = null;
  return {
    async sync() {
      opening ??= open(`${databasePath}-wal`, "r");
      await (await opening).datasync();
    },
    close() {
      opening?.then((file) => file.close()).catch(() => undefined);
    },
  };
}
