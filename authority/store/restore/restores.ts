import { sql } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Db } from "../database.ts";
import type { LostBatch } from "./lost-batches.ts";

/** Lane numbers of each payer that a restored store skips: it cannot know which were given out. */
export const SKIPPED_LANES = 65_536;

export interface RestoreState {
  /** How often this store was restored. */
  readonly restores: number;
  /** It was copied, and has not been started since. */
  readonly isCopy: boolean;
  /** Newest lost batch when it was restored last, or a stranger's since. */
  readonly knownLostBatch: number;
}

export async function readRestoreState(db: Db): Promise<RestoreState> {
  const row = await db.selectFrom("network").select(["restores", "isCopy", "knownLostBatch"]).executeTakeFirstOrThrow();
  return { ...row, isCopy: row.isCopy === 1 };
}

/** Call it in the store transaction that begins the time after a restore. */
export async function setRestored(db: Db, newest: LostBatch | null): Promise<void> {
  await sql`update network set restores = restores + 1, isCopy = 0`.execute(db);
  if (newest !== null)
    await sql`update network set knownLostBatch = ${newest.number}, lostBundle = ${newest.bundleHash},
      lostBundleAfter = (select ifnull(max(sequence), 0) from bundles where retractedAt is null)`.execute(db);
  await sql`update accounts set nextLane = nextLane + ${SKIPPED_LANES}`.execute(db);
}

export async function setKnownLostBatch(db: Db, number: number): Promise<void> {
  await db.updateTable("network").set({ knownLostBatch: number }).execute();
}

/** All balances that the mirror holds now; `until` and `block` as in `heldBalances`. */
export async function holdBalances(db: Db, { block, until }: { block: number; until: number }): Promise<void> {
  await db.deleteFrom("heldBalances").execute();
  // The mirror writes amounts as texts like "12n".
  await sql`insert into heldBalances (account, amount, block, until)
    select substr(name, 9), rtrim(value ->> 'balance', 'n'), ${block}, ${until} from mirror
    where name glob 'account:*' and rtrim(value ->> 'balance', 'n') <> '0'`.execute(db);
}

export interface HeldBalance {
  readonly amount: Amount;
  readonly block: number;
}

/** Null: nothing of this account is held at this time. */
export async function readHeldBalance(db: Db, account: Address, time: number): Promise<HeldBalance | null> {
  const row = await db
    .selectFrom("heldBalances")
    .select(["amount", "block"])
    .where("account", "=", account)
    .where("until", ">", time)
    .executeTakeFirst();
  return row === undefined ? null : { amount: BigInt(row.amount), block: row.block };
}
