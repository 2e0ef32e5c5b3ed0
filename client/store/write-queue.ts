import type Database from "better-sqlite3";
import { FloodgateError } from "../../protocol/base/errors.ts";

interface Write {
  readonly apply: () => void;
  /** True: waits for the disk. False: waits for the operating system only. */
  readonly isSynced: boolean;
  readonly done: PromiseWithResolvers<void>;
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

  /**
   * Resolves when the write is durable. With `isSynced: false` it resolves when the write survives
   * the end of this process, though not of the machine. @throws {FloodgateError} STORE_FAILED
   */
  add(apply: () => void, { isSynced = true } = {}): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    const done = Promise.withResolvers<void>();
    if (this.#waiting.length === 0) setImmediate(() => this.flush());
    this.#waiting.push({ apply, isSynced, done });
    return done.promise;
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
      if (write.isSynced) this.#committed.push(write);
      else write.done.resolve();
    }
    void this.#syncAll();
  }

  /** Rejects all later writes, and those that are not known to be durable. */
  fail(error: FloodgateError): void {
    this.#failure ??= error;
    for (const write of [...this.#committed.splice(0), ...this.#waiting.splice(0)]) write.done.reject(this.#failure);
  }

  /** Closing the database has synced it, so everything that was committed is on disk. */
  settle(): void {
    for (const write of this.#committed.splice(0)) write.done.resolve();
  }

  async #syncAll(): Promise<void> {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    while (this.#committed.length > 0) {
      const writes = this.#committed.splice(0);
      try {
        await this.#sync();
        for (const write of writes) write.done.resolve();
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
