import type Database from "better-sqlite3";
import { FloodgateError } from "../../protocol/base/errors.ts";

interface Write {
  readonly apply: () => void;
  /** False: nobody waits for the disk. */
  readonly isSynced: boolean;
  readonly committed: PromiseWithResolvers<void>;
  readonly synced: PromiseWithResolvers<void>;
}

/** Two steps of one write. A failure rejects those that it has not reached. */
export interface Saved {
  /** The operating system has it: it survives a kill of this process, though not of the machine. */
  readonly committed: Promise<void>;
  /** The disk has it. */
  readonly synced: Promise<void>;
}

/**
 * Group commits that never block the event loop. Writes of one turn share a transaction.
 * Transactions that were committed while the disk was busy share the next sync. After a failure
 * every write is rejected, since memory and disk may differ.
 */
export class WriteQueue {
  readonly #db: Database.Database;
  readonly #sync: () => Promise<void>;
  #waiting: Write[] = [];
  /** In the database, and not yet known to be on disk. */
  #committed: Write[] = [];
  #isSyncing = false;
  #failure: FloodgateError | null = null;

  /** `sync` resolves when everything that was committed before its call is on disk. */
  constructor(db: Database.Database, sync: () => Promise<void>) {
    this.#db = db;
    this.#sync = sync;
  }

  /** @throws {FloodgateError} STORE_FAILED: both promises reject with it */
  add(apply: () => void): Saved {
    return this.#add(apply, true);
  }

  /** Resolves when the write is committed. It reaches the disk with the next write that waits. */
  addUnsynced(apply: () => void): Promise<void> {
    return this.#add(apply, false).committed;
  }

  /** Commits what waits, at once. Reads call it, so that they see all earlier writes. */
  flush(): void {
    const writes = this.#waiting;
    if (writes.length === 0) return;
    this.#waiting = [];
    try {
      this.#db.transaction(() => {
        for (const write of writes) write.apply();
      })();
    } catch (cause) {
      this.#committed.push(...writes);
      this.#break(cause);
      return;
    }
    for (const write of writes) {
      write.committed.resolve();
      if (write.isSynced) this.#committed.push(write);
    }
    void this.#syncAll();
  }

  /** Rejects all later writes, and those that are not known to be durable. */
  fail(error: FloodgateError): void {
    this.#failure ??= error;
    for (const { committed, synced } of [...this.#committed.splice(0), ...this.#waiting.splice(0)]) {
      committed.reject(this.#failure);
      synced.reject(this.#failure);
    }
  }

  /** Closing the database has synced it, so everything that was committed is on disk. */
  settle(): void {
    for (const { synced } of this.#committed.splice(0)) synced.resolve();
  }

  #add(apply: () => void, isSynced: boolean): Saved {
    const [committed, synced] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    // Whoever waits for one of them need not hear of the other.
    for (const { promise } of [committed, synced]) promise.catch(() => undefined);
    if (this.#failure) {
      committed.reject(this.#failure);
      synced.reject(this.#failure);
    } else {
      if (this.#waiting.length === 0) setImmediate(() => this.flush());
      this.#waiting.push({ apply, isSynced, committed, synced });
    }
    return { committed: committed.promise, synced: synced.promise };
  }

  async #syncAll(): Promise<void> {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    while (this.#committed.length > 0) {
      const writes = this.#committed.splice(0);
      try {
        await this.#sync();
        for (const { synced } of writes) synced.resolve();
      } catch (cause) {
        this.#committed.unshift(...writes);
        this.#break(cause);
      }
    }
    this.#isSyncing = false;
  }

  #break(cause: unknown): void {
    this.fail(
      new FloodgateError("STORE_FAILED", "the store of this home cannot be written: check the disk", { cause }),
    );
  }
}
