import type { BlockFacts } from "../chain/chain-reader.ts";
import type { Hex } from "../facts/primitives.ts";
import type { AuditDatabase } from "../session/audit-store.ts";
import { fromStateJson, toStateJson } from "../session/state-json.ts";
import type { Problem } from "./problem.ts";
import type { PublishedAllotment } from "./published-allotments.ts";

/** What the bundle checks hold beside their tables. A checkpoint keeps it as JSON. */
export interface BundleMemory {
  /** The last block that the replay has begun, and its time in seconds. */
  lastBlock: number;
  lastTime: number;
  /** The smallest voucher that a batch has paid by itself, base units. Null: there was none. */
  smallestRow: bigint | null;
  /** Batches from before the first bundle. */
  unnamed: number;
  /** Allotments of blocks that the replay had already passed. */
  tooLate: number;
  /** Allotments without a block. */
  unnoted: number;
  /** The longest time from a receipt to its settlement, seconds. */
  longestDelaySec: number;
  /** Allotments of keys that may still become allotters. */
  waiting: readonly PublishedAllotment[];
  /** As in `BundleBook`. */
  problems: readonly Problem[];
  unkept: number;
  faults: ReadonlyMap<Hex, string>;
  signaturesChecked: number;
  /** Bundles that batches name up to this block are read. Null: none yet. */
  readTo: BlockFacts | null;
}

export function emptyMemory(): BundleMemory {
  return {
    lastBlock: 0,
    lastTime: 0,
    smallestRow: null,
    unnamed: 0,
    tooLate: 0,
    unnoted: 0,
    longestDelaySec: 0,
    waiting: [],
    problems: [],
    unkept: 0,
    faults: new Map(),
    signaturesChecked: 0,
    readTo: null,
  };
}

const TABLE = `CREATE TABLE IF NOT EXISTS bundle_memory (
  id INTEGER PRIMARY KEY CHECK (id = 1), sources TEXT NOT NULL, memory TEXT NOT NULL) STRICT`;

/** @param sources what the tables were filled from: a later run must have the same */
export function writeMemory(database: AuditDatabase, sources: string, memory: BundleMemory): void {
  database.exec(TABLE);
  database.prepare("REPLACE INTO bundle_memory VALUES (1, ?, ?)").run(sources, toStateJson(memory));
}

/** Null: none was kept. */
export function readMemory(
  database: AuditDatabase,
): { readonly sources: string; readonly memory: BundleMemory } | null {
  database.exec(TABLE);
  const row = database.prepare("SELECT sources, memory FROM bundle_memory").get() as
    | { readonly sources: string; readonly memory: string }
    | undefined;
  return row === undefined ? null : { sources: row.sources, memory: fromStateJson(row.memory) as BundleMemory };
}
