import type Database from "better-sqlite3";
import { FloodgateError } from "../../protocol/errors.ts";

interface Write {
  readonly apply: () => void;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Group commits: what is written in one turn of the event loop shares one transaction, and so one fsync. A failed
 * transaction rejects all of its writes, and every later one: memory and disk may differ from then on.
 */
export class WriteQueue {
  readonly #db: Database.Database;
  #waiting: Write[] = [];
  #failure: FloodgateError | null = null;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Resolves when the write is durable. @throws {FloodgateError} STORE_FAILED */
  add(apply: () => void): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    const done = Promise.withResolvers<void>();
    if (this.#waiting.length === 0) setImmediate(() => this.flush());
    this.#waiting.push({ apply, done });
    return done.promise;
  }

  /** Commits what waits, at once: reads call it, so that they see all writes before them. */
  flush(): void {
    const writes = this.#waiting;
    if (writes.length === 0) return;
    this.#waiting = [];
    try {
      this.#db.transaction(() => {
        for (const write of writes) write.apply();
      })();
    } catch (cause) {
      this.fail(
        new FloodgateError("STORE_FAILED", "the store of this home cannot be written: check the disk", { cause }),
      );
      for (const write of writes) write.done.reject(this.#failure);
      return;
    }
    for (const write of writes) write.done.resolve();
  }

  /** Rejects all writes from now on. */
  fail(error: FloodgateError): void {
    this.#failure ??= error;
  }
}
