import type Database from "better-sqlite3";
import type { Saved, WriteQueue } from "./write-queue.ts";

type Values = readonly unknown[];

/**
 * Prepared statements on the database of one home. Reads see every write that was queued before
 * them.
 */
export class Tables {
  readonly db: Database.Database;
  readonly #queue: WriteQueue;

  constructor(db: Database.Database, queue: WriteQueue) {
    this.db = db;
    this.#queue = queue;
  }

  /** Queues a write of one or more statements. It resolves when the disk has it. */
  save(apply: () => void): Promise<void> {
    return this.#queue.add(apply).synced;
  }

  /** The same, for who acts on what a kill cannot take before the disk has it. */
  saveInSteps(apply: () => void): Saved {
    return this.#queue.add(apply);
  }

  /** Resolves when a kill cannot take it, and lets no disk work for it alone. */
  saveUnsynced(apply: () => void): Promise<void> {
    return this.#queue.addUnsynced(apply);
  }

  /** Applies the writes that wait. */
  flush(): void {
    this.#queue.flush();
  }

  /** A query for use outside of `save`. */
  all<Row, Value>(sql: string, read: (row: Row) => Value): (...values: Values) => Value[] {
    const statement = this.db.prepare(sql);
    return (...values) => {
      this.#queue.flush();
      return (statement.all(...values) as Row[]).map(read);
    };
  }

  /** A statement for use inside of `save`. @returns how many rows changed */
  run(sql: string): (...values: Values) => number {
    const statement = this.db.prepare(sql);
    return (...values) => statement.run(...values).changes;
  }

  /** A query of at most one row, for use inside of `save`. */
  get<Row>(sql: string): (...values: Values) => Row | undefined {
    const statement = this.db.prepare(sql);
    return (...values) => statement.get(...values) as Row | undefined;
  }
}
