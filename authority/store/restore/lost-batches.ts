import type { Insertable, Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { LostBatchTable, RestoreTables } from "./restore-schema.ts";

export type LostBatch = Selectable<LostBatchTable>;
type LostRow = Selectable<RestoreTables["lostRows"]>;

export async function insertLostBatch(db: Db, batch: Insertable<LostBatchTable>): Promise<void> {
  await db
    .insertInto("lostBatches")
    .values(batch)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** In the contract's order. */
export function listUnreadBatches(db: Db): Promise<LostBatch[]> {
  return db.selectFrom("lostBatches").selectAll().where("isRead", "=", 0).orderBy("number").execute();
}

/** Above this number, in the contract's order. */
export function listLostBatchesAfter(db: Db, number: number): Promise<LostBatch[]> {
  return db.selectFrom("lostBatches").selectAll().where("number", ">", number).orderBy("number").execute();
}

export async function setRead(db: Db, number: number): Promise<void> {
  await db.updateTable("lostBatches").set({ isRead: 1 }).where("number", "=", number).execute();
}

export async function findNewestLostBatch(db: Db): Promise<LostBatch | null> {
  const newest = db.selectFrom("lostBatches").selectAll().orderBy("number", "desc").limit(1);
  return (await newest.executeTakeFirst()) ?? null;
}

/** The first row counts: the contract pays a lane once by batches. */
export async function insertLostRow(db: Db, row: LostRow): Promise<void> {
  await db
    .insertInto("lostRows")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export function findLostRow(db: Db, payer: Address, lane: number): Promise<LostRow | undefined> {
  return db.selectFrom("lostRows").selectAll().where("payer", "=", payer).where("lane", "=", lane).executeTakeFirst();
}
