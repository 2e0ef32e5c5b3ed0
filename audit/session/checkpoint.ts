import type { CodeOf } from "../../protocol/base/error-codes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import type { BlockFacts } from "../chain/chain-reader.ts";
import { createFindingBook } from "../findings.ts";
import type { Progress } from "../replay/run.ts";
import type { AuditDatabase, Checkpoint, CheckpointChain, Origin } from "./audit-store.ts";
import { fromStateJson, toStateJson } from "./state-json.ts";

/** Raise it when `Progress`, or a table of the lane book or of an observer, changes its meaning. */
const VERSION = 4;

const TABLE = `CREATE TABLE IF NOT EXISTS checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, chain_id TEXT NOT NULL, contract TEXT NOT NULL,
  from_block INTEGER NOT NULL, block INTEGER NOT NULL, block_hash TEXT NOT NULL, progress TEXT NOT NULL) STRICT`;

interface Row {
  readonly version: number;
  readonly chain_id: string;
  readonly contract: string;
  readonly from_block: number;
  readonly block: number;
  readonly block_hash: string;
  readonly progress: string;
}

/** Writes within the open transaction. */
export function writeCheckpoint(database: AuditDatabase, { chainId, contract }: Origin, at: Checkpoint): void {
  database.exec(TABLE);
  const { state, tallies, clouded, cloudedNonces, contractWallets, found, unseen, last } = at.progress;
  const [findings, notChecked] = [found, unseen].map(({ first, counts }) => ({ first, counts }));
  const progress = { state, tallies, clouded, cloudedNonces, contractWallets, last, findings, notChecked };
  database
    .prepare("REPLACE INTO checkpoint VALUES (1, ?, ?, ?, ?, ?, ?, ?)")
    .run(VERSION, String(chainId), contract, at.fromBlock, at.block.number, at.block.hash, toStateJson(progress));
}

/**
 * The checkpoint of this file, at or before `end`. Null: none yet.
 * @throws {InputError} STATE_VERSION, STATE_FOREIGN, STATE_REORGED, STATE_UNUSABLE, STATE_AHEAD
 */
export async function readCheckpoint(
  database: AuditDatabase,
  { chainId, contract }: Origin,
  chain: CheckpointChain,
  end: number,
): Promise<Checkpoint | null> {
  database.exec(TABLE);
  const row = database.prepare("SELECT * FROM checkpoint").get() as Row | undefined;
  if (row === undefined) return null;
  const refuse = (code: CodeOf<"InputError">, why: string): InputError =>
    new InputError(code, `the audit's state ${why}: choose another --state, or delete the file and start again`);
  if (row.version !== VERSION) throw refuse("STATE_VERSION", "was written by another version of Floodgate");
  if (row.chain_id !== String(chainId) || row.contract !== contract)
    throw refuse("STATE_FOREIGN", `is of contract ${row.contract} on chain ${row.chain_id}`);
  const isKnown = row.block <= (await chain.latestBlock());
  const block = isKnown ? await chain.block(row.block) : null;
  if (block?.hash !== row.block_hash)
    throw refuse("STATE_REORGED", `ends at block ${row.block} (${row.block_hash}), which is no longer on this chain`);
  if (row.block > end)
    throw new InputError("STATE_AHEAD", `the audit's state is already at block ${row.block}: see --to-block`);
  try {
    return { fromBlock: row.from_block, block: block as BlockFacts, progress: parse(row.progress) };
  } catch {
    throw refuse("STATE_UNUSABLE", "is damaged");
  }
}

/** What this process has written. Null: no checkpoint yet. */
export function readProgress(database: AuditDatabase): Progress | null {
  database.exec(TABLE);
  const row = database.prepare("SELECT * FROM checkpoint").get() as Row | undefined;
  return row === undefined ? null : parse(row.progress);
}

type Stored = Omit<Progress, "found" | "unseen"> & {
  readonly findings: Pick<Progress["found"], "first" | "counts">;
  readonly notChecked: Pick<Progress["unseen"], "first" | "counts">;
};

/** @throws {SyntaxError} */
function parse(text: string): Progress {
  const { findings, notChecked, ...rest } = fromStateJson(text) as Stored;
  return {
    ...rest,
    found: createFindingBook(findings.first, findings.counts),
    unseen: createFindingBook(notChecked.first, notChecked.counts),
  };
}
