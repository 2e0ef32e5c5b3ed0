import { sql } from "kysely";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { StatementTable } from "../schema.ts";
import type { StoredLane } from "./lanes.ts";

/** Stores a statement over these lanes, as they are now. */
export async function insertStatement(
  db: Db,
  statement: Omit<StatementTable, "id">,
  lanes: readonly Pick<StoredLane, "sequence">[],
): Promise<void> {
  const { id } = await db.insertInto("statements").values(statement).returning("id").executeTakeFirstOrThrow();
  const sequences = lanes.map(({ sequence }) => sequence);
  await db.updateTable("lanes").set({ statementId: id }).where("sequence", "in", sequences).execute();
}

/**
 * Removes a statement that is no longer of use. Its lanes wait for another one, or settle as
 * vouchers.
 */
export async function dropStatement(db: Db, id: number): Promise<void> {
  await db.updateTable("lanes").set({ statementId: null }).where("statementId", "=", id).execute();
  await db.deleteFrom("statements").where("id", "=", id).execute();
}

/** Open lanes with a voucher of one session, ascending. */
export function listOpenLanesOfSession(db: Db, payer: Address, sessionKey: Address): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("payer", "=", payer)
    .where("sessionKey", "=", sessionKey)
    .where("state", "=", "open")
    .where("amount", "!=", "0")
    .orderBy("lane")
    .execute();
}

/** Signatures of these statements, by id. */
export async function listStatementSignatures(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, Hex>> {
  const rows = await db
    .selectFrom("statements")
    .select(["id", "signature"])
    .where("id", "in", sql<number>`(select value from json_each(${JSON.stringify(ids)}))`)
    .execute();
  return new Map(rows.map(({ id, signature }) => [id, signature]));
}

/** All lanes of these statements, ascending. */
export async function listLanesOfStatements(db: Db, ids: readonly number[]): Promise<StoredLane[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("statementId", "in", sql<number>`(select value from json_each(${JSON.stringify(ids)}))`)
    .orderBy("sequence")
    .execute();
}
