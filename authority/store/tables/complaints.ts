import type { Insertable, Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { ComplaintTable } from "../schema.ts";

export type StoredComplaint = Selectable<ComplaintTable>;

export function findComplaint(db: Db, payer: Address, lane: number): Promise<StoredComplaint | undefined> {
  return db.selectFrom("complaints").selectAll().where("payer", "=", payer).where("lane", "=", lane).executeTakeFirst();
}

export async function insertComplaint(db: Db, complaint: Insertable<ComplaintTable>): Promise<void> {
  await db.insertInto("complaints").values(complaint).execute();
}

/** How many this payee has made after `since`. */
export async function countComplaints(db: Db, payee: Address, since: number): Promise<number> {
  const { count } = await db
    .selectFrom("complaints")
    .select((expression) => expression.fn.countAll<number>().as("count"))
    .where("payee", "=", payee)
    .where("createdAt", ">", since)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Accounts that have complained about this payer after `since`, each once. */
export async function listComplainers(db: Db, payer: Address, since: number): Promise<Address[]> {
  const rows = await db
    .selectFrom("complaints")
    .select("payee")
    .distinct()
    .where("payer", "=", payer)
    .where("createdAt", ">", since)
    .orderBy("payee")
    .execute();
  return rows.map(({ payee }) => payee);
}
