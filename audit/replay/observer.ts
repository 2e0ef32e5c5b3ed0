import type { Batch, BatchGroup, BatchRow } from "../facts/batch-bytes.ts";
import type { BatchRecord } from "../facts/batch-record.ts";
import type { ChainEvent } from "../facts/events.ts";
import type { TransactionFacts } from "../facts/facts.ts";
import type { Run } from "./run.ts";

/**
 * Follows a replay and may report findings of its own. It sees what the replay has already done.
 */
export interface Observer {
  /**
   * Before the first transaction of this block. `run.state` is that at the end of the block before
   * it.
   */
  beforeBlock?(run: Run, block: number, time: number): void;
  /** After each event. The events of a batch come together, after its `Settled`. */
  afterEvent?(run: Run, facts: TransactionFacts, event: ChainEvent): void;
  /** Each row that the replay judged, paid or not, in order and before `batchSettled`. */
  rowJudged?(run: Run, facts: TransactionFacts, row: JudgedRow): void;
  /** A batch, after its rows. `batch` is null when its calldata could not be read. */
  batchSettled?(run: Run, facts: TransactionFacts, batch: Batch | null, record: BatchRecord): void;
  /** After the last transaction. `run.state` is that at the end of `block`. */
  finish?(run: Run, block: number, time: number): void;
}

export interface JudgedRow {
  readonly batch: number;
  readonly group: BatchGroup;
  readonly row: BatchRow;
  readonly isPaid: boolean;
  /** Base units; 0 for a row that did not pay. */
  readonly fee: bigint;
}
