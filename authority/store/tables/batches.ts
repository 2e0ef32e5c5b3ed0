import type { Selectable } from "kysely";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Db } from "../database.ts";
import type { BatchTable } from "../schema.ts";
import type { TransactionTable } from "../transaction-schema.ts";

export type StoredBatch = Selectable<BatchTable>;
export type BatchWithTransaction = StoredBatch & Pick<Selectable<TransactionTable>, "state" | "hash" | "gasUsed">;

/** `total` and `fee` are 0 until the outcome is known. */
export async function insertBatch(
  db: Db,
  decided: Pick<StoredBatch, "kind" | "reason" | "rowCount">,
): Promise<StoredBatch> {
  const { next } = await db
    .selectFrom("batches")
    .select((expression) => expression.fn.max("id").as("next"))
    .executeTakeFirstOrThrow();
  const id = Number(next ?? 0) + 1;
  const batch = {
    id,
    actionId: `settle:${id}`,
    number: null,
    ...decided,
    skipped: 0,
    total: "0",
    fee: "0",
    failedAt: null,
  };
  await db.insertInto("batches").values(batch).execute();
  return batch;
}

export async function endBatch(
  db: Db,
  actionId: string,
  outcome: Pick<StoredBatch, "number" | "skipped" | "total" | "fee">,
): Promise<void> {
  await db.updateTable("batches").set(outcome).where("actionId", "=", actionId).execute();
}

export async function setFailed(db: Db, id: number, failedAt: number): Promise<void> {
  await db.updateTable("batches").set({ failedAt }).where("id", "=", id).execute();
}

/** When the newest batch failed; null if it did not. */
export async function readFailure(db: Db): Promise<number | null> {
  const newest = await db.selectFrom("batches").select("failedAt").orderBy("id", "desc").limit(1).executeTakeFirst();
  return newest?.failedAt ?? null;
}

export function findBatch(db: Db, actionId: string): Promise<StoredBatch> {
  return db.selectFrom("batches").selectAll().where("actionId", "=", actionId).executeTakeFirstOrThrow();
}

/** The batch that this bundle was made for. */
export function findBatchOfBundle(db: Db, name: Hex): Promise<StoredBatch | undefined> {
  return db
    .selectFrom("batches")
    .innerJoin("bundles", "bundles.batchId", "batches.id")
    .selectAll("batches")
    .where("bundles.name", "=", name)
    .executeTakeFirst();
}

/** Batches with the state of their transaction, newest first, from below the id `before`. */
export function listBatches(db: Db, before: number, limit: number): Promise<BatchWithTransaction[]> {
  return withTransactions(db).where("batches.id", "<", before).limit(limit).execute();
}

/** The newest ones behind the first `offset`. */
export function pageOfBatches(db: Db, limit: number, offset: number): Promise<BatchWithTransaction[]> {
  return withTransactions(db).limit(limit).offset(offset).execute();
}

export async function countBatches(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom("batches")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

function withTransactions(db: Db) {
  return db
    .selectFrom("batches")
    .innerJoin("transactions", "transactions.actionId", "batches.actionId")
    .selectAll("batches")
    .select(["transactions.state", "transactions.hash", "transactions.gasUsed"])
    .orderBy("batches.id", "desc");
}
