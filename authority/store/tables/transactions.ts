import type { Insertable, Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { AttemptTable, GasUseTable, TransactionTable } from "../transaction-schema.ts";

export type StoredTransaction = Selectable<TransactionTable>;
export type StoredAttempt = Selectable<AttemptTable>;
export type Intent = Pick<StoredTransaction, "actionId" | "kind" | "recipient" | "data">;

const PENDING = ["intent", "signed", "sent", "mined"] as const;

/** Writes the intent unless the action has one, so that an action is done at most once. */
export async function enqueueTransaction(db: Db, intent: Intent): Promise<void> {
  const empty = { nonce: null, hash: null, block: null, gasUsed: null, reason: null, refusedSince: null };
  await db
    .insertInto("transactions")
    .values({ ...intent, ...empty, state: "intent" })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What an account's actions have taken after `since`, oldest first. */
export function listGasUses(db: Db, account: Address, since: number): Promise<GasUseTable[]> {
  return db
    .selectFrom("gasUses")
    .selectAll()
    .where("account", "=", account)
    .where("createdAt", ">", since)
    .orderBy("createdAt")
    .execute();
}

export async function insertGasUse(db: Db, use: GasUseTable): Promise<void> {
  await db
    .insertInto("gasUses")
    .values(use)
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
  return db.selectFrom("transactions").selectAll().where("state", "in", PENDING).orderBy("id").execute();
}

/** How many of each kind are neither final nor failed. */
export function countPendingByKind(db: Db): Promise<{ kind: StoredTransaction["kind"]; count: number }[]> {
  return db
    .selectFrom("transactions")
    .select(({ fn }) => ["kind", fn.countAll<number>().as("count")])
    .where("state", "in", PENDING)
    .groupBy("kind")
    .orderBy("kind")
    .execute();
}

/** All that was ever signed for actions that have not ended, oldest first. */
export function listPendingAttempts(db: Db): Promise<StoredAttempt[]> {
  return db
    .selectFrom("attempts")
    .innerJoin("transactions", "transactions.id", "attempts.transactionId")
    .selectAll("attempts")
    .where("transactions.state", "in", PENDING)
    .orderBy("attempts.id")
    .execute();
}

/** Who has ever signed for this action: several where the operator's key has changed. */
export async function listSigners(db: Db, id: number): Promise<Address[]> {
  const rows = await db.selectFrom("attempts").select("sender").distinct().where("transactionId", "=", id).execute();
  return rows.map(({ sender }) => sender);
}

/** Nonces from `first` on for which this sender has ever signed something, ended or not. */
export async function listUsedNonces(db: Db, sender: Address, first: number): Promise<Set<number>> {
  const rows = await db
    .selectFrom("attempts")
    .select("nonce")
    .distinct()
    .where("sender", "=", sender)
    .where("nonce", ">=", first)
    .execute();
  return new Set(rows.map(({ nonce }) => nonce));
}

/** Before it is sent: what the nodes may have is in the store. Call it in a store transaction. */
export async function insertAttempt(db: Db, attempt: Insertable<AttemptTable>): Promise<void> {
  const { transactionId: id, nonce, hash } = attempt;
  await db.insertInto("attempts").values(attempt).execute();
  await db
    .updateTable("transactions")
    .set({ state: "signed", nonce, hash, block: null, reason: null })
    .where("id", "=", id)
    .execute();
}

export async function setTransaction(
  db: Db,
  id: number,
  change: Partial<Pick<StoredTransaction, "state" | "hash" | "block" | "gasUsed" | "reason" | "endedAt">>,
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
    .set({ state: "intent", nonce: null, hash: null, block: null, gasUsed: null, reason })
    .where("id", "=", id)
    .execute();
}
