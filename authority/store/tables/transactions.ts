import type { Selectable } from "kysely";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Db } from "../database.ts";
import type { TransactionTable } from "../schema.ts";

export type StoredTransaction = Selectable<TransactionTable>;
export type Intent = Pick<StoredTransaction, "actionId" | "kind" | "recipient" | "data">;

/** Writes the intent unless the action has one, so that an action is done at most once. */
export async function enqueueTransaction(db: Db, intent: Intent): Promise<void> {
  const empty = { nonce: null, raw: null, hash: null, block: null, gasUsed: null, reason: null, refusedSince: null };
  await db
    .insertInto("transactions")
    .values({ ...intent, ...empty, state: "intent" })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export function findTransaction(db: Db, actionId: string): Promise<StoredTransaction | undefined> {
  return db.selectFrom("transactions").selectAll().where("actionId", "=", actionId).executeTakeFirst();
}

/** The newest of a kind; undefined if there is none. */
export function findNewestOf(db: Db, kind: StoredTransaction["kind"]): Promise<StoredTransaction | undefined> {
  return db
    .selectFrom("transactions")
    .selectAll()
    .where("kind", "=", kind)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** How many of a kind there ever were. */
export async function countTransactions(db: Db, kind: StoredTransaction["kind"]): Promise<number> {
  const { count } = await db
    .selectFrom("transactions")
    .select((expression) => expression.fn.countAll().as("count"))
    .where("kind", "=", kind)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** All that are neither final nor failed, oldest first. */
export function listPendingTransactions(db: Db): Promise<StoredTransaction[]> {
  return db
    .selectFrom("transactions")
    .selectAll()
    .where("state", "in", ["intent", "stored", "sent", "seen"])
    .orderBy("id")
    .execute();
}

/**
 * The nonce after the greatest of all that were ever signed; 0 if there is none. A node that lags
 * behind cannot make the authority use one twice.
 */
export async function nextStoredNonce(db: Db): Promise<number> {
  const { greatest } = await db
    .selectFrom("transactions")
    .select((expression) => expression.fn.max("nonce").as("greatest"))
    .executeTakeFirstOrThrow();
  return greatest === null ? 0 : Number(greatest) + 1;
}

export async function storeSigned(db: Db, id: number, signed: { nonce: number; raw: Hex; hash: Hex }): Promise<void> {
  await db
    .updateTable("transactions")
    .set({ ...signed, state: "stored", reason: null })
    .where("id", "=", id)
    .execute();
}

export async function setTransaction(
  db: Db,
  id: number,
  change: Partial<Pick<StoredTransaction, "state" | "block" | "gasUsed" | "reason">>,
): Promise<void> {
  await db.updateTable("transactions").set(change).where("id", "=", id).execute();
}

/**
 * Back to `intent`, where it waits for the chain to take it. `since`: seconds since 1970.
 */
export async function setRefused(
  db: Db,
  id: number,
  { since, reason }: { readonly since: number; readonly reason: string },
): Promise<void> {
  await resetTransaction(db, id, reason);
  await db.updateTable("transactions").set({ refusedSince: since }).where("id", "=", id).execute();
}

/** Back to `intent`: what was signed can no longer be mined, or was mined without effect. */
export async function resetTransaction(db: Db, id: number, reason: string): Promise<void> {
  await db
    .updateTable("transactions")
    .set({ state: "intent", nonce: null, raw: null, hash: null, block: null, gasUsed: null, reason })
    .where("id", "=", id)
    .execute();
}
