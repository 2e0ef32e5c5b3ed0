import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Header } from "../block.ts";
import type { RecordName } from "./contract-state.ts";
import type { MirrorEvent } from "./mirror-events.ts";

/** What the mirror asks of the chain. Every call can fail with ChainError; try again later. */
export interface ChainSource {
  /** The newest block. */
  head(): Promise<Header>;
  /** The block at this height; null if the chain is shorter. */
  header(number: number): Promise<Header | null>;
  /** Height of the newest block that is final, as seen at `head`. */
  finalHeight(head: Header): Promise<number>;
  /** The contract's events in exactly this block, in order. */
  eventsOf(block: Header): Promise<readonly MirrorEvent[]>;
  /**
   * The contract's events from one height on, as far as the nodes answer at once, but not after
   * `last`. `to`: the block up to which they are complete.
   */
  eventsFrom(first: number, last: number): Promise<{ readonly events: readonly MirrorEvent[]; readonly to: Header }>;
  /**
   * What events do not tell, at this block. Null: no node has the block's state any more.
   */
  readAt(hash: Hex, names: readonly RecordName[]): Promise<Readings | null>;
  /** A node has left out events: the mirror and the contract differ. */
  distrust(reason: string): void;
}

/** Read at one block. */
export interface Readings {
  readonly batchCount: bigint;
  readonly totalBalance: bigint;
  /** Accounts' nonces, by name of the record. */
  readonly values: ReadonlyMap<RecordName, bigint>;
}
