import type { Generated } from "kysely";
import type { Hex } from "../../../protocol/base/bytes.ts";

/** What the store knows of the chain, and can take back. */
export interface MirrorTables {
  mirrorBlocks: MirrorBlockTable;
  mirror: MirrorTable;
  undo: UndoTable;
  undoCursor: UndoCursorTable;
}

/** Blocks whose events the store holds: final ones, the newest last. */
export interface MirrorBlockTable {
  number: number;
  hash: Hex;
  parentHash: Hex;
  timestamp: number;
}

/** What the contract holds as of the newest of these blocks. */
interface MirrorTable {
  /** Such as `account:0x...` (authority/chain/mirror/contract-state.ts). */
  name: string;
  /** JSON; amounts are texts like `12n`. */
  value: string;
}

/** What stood in the store before something that followed from a block was written. */
interface UndoTable {
  id: Generated<number>;
  block: number;
  tableName: string;
  /** JSON of the row's key columns. */
  key: string;
  /** JSON of the changed columns; null: there was no such row. */
  before: string | null;
  after: string | null;
}

/** One row: the block that the open store transaction's writes follow from, or null. */
interface UndoCursorTable {
  id: number;
  block: number | null;
}
