import type Database from "better-sqlite3";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { nextTurn } from "./next-turn.ts";
import { brokenStore, isStoreError, toStoreError } from "./store-errors.ts";
import type { Wal } from "./wal.ts";
import type { WriteLock } from "./write-lock.ts";

/** Statements kept. The authority has about two hundred; lists of many lengths make more. */
const MAX_STATEMENTS = 1_000;

/** What the driver works with. */
export interface SqliteParts {
  readonly sqlite: Database.Database;
  readonly lock: WriteLock;
  readonly wal: Pick<Wal, "grew" | "durable" | "failure" | "isBehind">;
  /** Null: the last write worked. */
  readonly onWrite: (error: Error | null) => void;
}

/**
 * Kysely on one connection of better-sqlite3. Kysely's own driver prepares each query anew and lets
 * the event loop wait for the disk. This one keeps statements. Whatever it answers, a read too,
 * waits until all that was committed before is on the disk. So nobody acts on what may be lost, and
 * whoever wrote something goes on before others see it.
 */
export function createSqliteDialect(parts: SqliteParts): Dialect {
  return {
    createAdapter: () => new OneConnectionAdapter(),
    createDriver: () => new SqliteDriver(parts),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** Kysely would hold its own lock for as long as a write waits for the disk. */
class OneConnectionAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #parts: SqliteParts;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();
  /** Resolves when the open transaction is over. */
  #transaction: Promise<void> | null = null;

  constructor(parts: SqliteParts) {
    this.#parts = parts;
  }

  async init(): Promise<void> {
    // The database is open.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new SqliteConnection(this);
  }

  async beginTransaction(connection: SqliteConnection): Promise<void> {
    const release = await this.#parts.lock.take();
    const over = Promise.withResolvers<void>();
    try {
      this.#writable();
      this.prepare("begin immediate").run();
    } catch (error) {
      release();
      throw this.failed(error);
    }
    this.#transaction = over.promise;
    connection.end = () => {
      connection.end = null;
      this.#transaction = null;
      over.resolve();
      release();
    };
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    try {
      this.prepare("commit").run();
    } catch (error) {
      throw this.failed(error);
    }
    const { hasWritten } = connection;
    if (hasWritten) this.#parts.wal.grew();
    connection.end?.();
    const { isBehind } = this.#parts.wal;
    await this.durable(hasWritten);
    // Whoever wrote what it has seen goes on first.
    if (isBehind && !hasWritten) await nextTurn();
  }

  async rollbackTransaction({ end }: SqliteConnection): Promise<void> {
    // It was committed, and its sync has failed.
    if (!end) return;
    // SQLite rolls back by itself after some errors, such as a full disk.
    if (this.#parts.sqlite.inTransaction) this.prepare("rollback").run();
    end();
  }

  async releaseConnection(): Promise<void> {
    // There is one for all.
  }

  async destroy(): Promise<void> {
    this.#statements.clear();
    this.#parts.sqlite.close();
  }

  prepare(sql: string): Database.Statement<unknown[]> {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#parts.sqlite.prepare<unknown[]>(sql);
    if (this.#statements.size >= MAX_STATEMENTS)
      this.#statements.delete(this.#statements.keys().next().value as string);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** One query outside of a transaction. */
  async single<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    while (this.#transaction) await this.#transaction;
    const statement = this.prepare(query.sql);
    if (statement.readonly) {
      const seen = run<R>(statement, query);
      if (!this.#parts.wal.isBehind) return seen;
      // Reads go on when a sync fails.
      await this.#parts.wal.durable().catch(() => undefined);
      await nextTurn();
      return seen;
    }
    const release = await this.#parts.lock.take();
    let result: QueryResult<R>;
    try {
      this.#writable();
      result = run<R>(statement, query);
      this.#parts.wal.grew();
    } catch (error) {
      throw this.failed(error);
    } finally {
      release();
    }
    await this.durable(true);
    return result;
  }

  async durable(hasWritten: boolean): Promise<void> {
    try {
      await this.#parts.wal.durable();
    } catch (error) {
      throw this.failed(brokenStore(error));
    }
    if (hasWritten) this.#parts.onWrite(null);
  }

  /** The error as callers see it. */
  failed(error: unknown): unknown {
    const failure = toStoreError(error);
    if (isStoreError(failure)) this.#parts.onWrite(failure);
    return failure;
  }

  /** After a sync has failed nobody knows what the disk holds: only a new start tells. */
  #writable(): void {
    if (this.#parts.wal.failure !== null) throw brokenStore(this.#parts.wal.failure);
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #driver: SqliteDriver;
  /** Ends its transaction; null: it has none. */
  end: (() => void) | null = null;
  hasWritten = false;

  constructor(driver: SqliteDriver) {
    this.#driver = driver;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.end === null) return this.#driver.single(query);
    try {
      const statement = this.#driver.prepare(query.sql);
      if (!statement.readonly) this.hasWritten = true;
      return run<R>(statement, query);
    } catch (error) {
      throw this.#driver.failed(error);
    }
  }

  // biome-ignore lint/correctness/useYield: Kysely wants it, and the authority never streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("the store does not stream");
  }
}

function run<R>(statement: Database.Statement<unknown[]>, { parameters }: CompiledQuery): QueryResult<R> {
  if (statement.reader) return { rows: statement.all(...parameters) as R[] };
  const { changes, lastInsertRowid } = statement.run(...parameters);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}
