import type { BlockFacts, ChainReader } from "../chain/chain-reader.ts";
import type { LaneBook } from "../facts/lane-book.ts";
import type { Address } from "../facts/primitives.ts";
import type { Progress } from "../replay/run.ts";

/**
 * Where an audit keeps what grows with the history, and the checkpoint that it can go back to: in
 * an SQLite file (sqlite-store.ts), or in memory (memory-store.ts).
 */
export interface AuditStore extends Disposable {
  /** For tables of observers. Null: they keep their own things in memory. */
  readonly database: AuditDatabase | null;
  /** What a replay that begins, or goes on from the checkpoint, finds. */
  openLanes(): LaneBook;
  /** Of an earlier run, at or before `end`. Null: none. @throws {InputError} */
  readCheckpoint(origin: Origin, chain: CheckpointChain, end: number): Promise<Checkpoint | null>;
  /** Makes all writes durable, at once. */
  save(origin: Origin, at: Checkpoint): void;
  /** Takes back all writes since the last `save`. Returns its progress. Null: there was none. */
  rewind(): Progress | null;
  /** Runs `what`, and takes back what it has written. */
  aside(what: () => void): void;
}

/** Where an audit stands. Its lane book is in the same store. */
export interface Checkpoint {
  /** Where the history begins. */
  readonly fromBlock: number;
  /** All blocks up to this one are replayed. */
  readonly block: BlockFacts;
  readonly progress: Progress;
}

/** The history that a checkpoint is of. */
export interface Origin {
  readonly chainId: bigint;
  readonly contract: Address;
}

export type CheckpointChain = Pick<ChainReader, "block" | "latestBlock">;

/** SQL with parameters. What it returns is as the caller's tables have it. */
export interface AuditStatement<Parameters extends unknown[] = unknown[], Row = unknown> {
  run(...parameters: Parameters): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
  /** Rows are the values of their first column. */
  pluck(): AuditStatement<Parameters, Row>;
}

/** What the audit asks of SQLite. */
export interface AuditDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): AuditStatement;
}
