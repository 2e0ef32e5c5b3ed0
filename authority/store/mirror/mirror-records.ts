import type { Selectable } from "kysely";
import type { Db } from "../database.ts";
import { query } from "../raw-query.ts";
import type { MirrorBlockTable } from "./mirror-schema.ts";

export type StoredBlock = Selectable<MirrorBlockTable>;

/** Values of the records that there are, by name. */
export async function readRecords(db: Db, names: readonly string[]): Promise<Map<string, string>> {
  const rows = await query<{ name: string; value: string }>(
    db,
    "select name, mirror.value from json_each(?) as one cross join mirror where mirror.name = one.value",
    JSON.stringify(names),
  );
  return new Map(rows.map(({ name, value }) => [name, value]));
}

/** Values of the records whose names begin so, by name. */
export async function readRecordsNamed(db: Db, prefix: string): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom("mirror")
    .selectAll()
    .where("name", ">=", prefix)
    .where("name", "<", `${prefix}\uffff`)
    .execute();
  return new Map(rows.map(({ name, value }) => [name, value]));
}

export async function writeRecord(db: Db, name: string, value: string): Promise<void> {
  await db
    .insertInto("mirror")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}

/** Newest followed block; null before the first. */
export async function findTip(db: Db): Promise<StoredBlock | null> {
  const found = await db.selectFrom("mirrorBlocks").selectAll().orderBy("number", "desc").limit(1).executeTakeFirst();
  return found ?? null;
}

/** The newest followed block that is not after `number`; null if there is none. */
export async function findBlockBelow(db: Db, number: number): Promise<StoredBlock | null> {
  const found = await db
    .selectFrom("mirrorBlocks")
    .selectAll()
    .where("number", "<=", number)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return found ?? null;
}

/** Followed blocks up to `number`, newest first. */
export function listBlocks(db: Db, number: number): Promise<StoredBlock[]> {
  return db.selectFrom("mirrorBlocks").selectAll().where("number", "<=", number).orderBy("number", "desc").execute();
}

export async function insertBlock(db: Db, block: StoredBlock): Promise<void> {
  await db.insertInto("mirrorBlocks").values(block).execute();
}

export async function deleteBlocksAfter(db: Db, number: number): Promise<void> {
  await db.deleteFrom("mirrorBlocks").where("number", ">", number).execute();
}

/** Keeps the newest block that is not after `number`, and all later ones. */
export async function deleteBlocksBefore(db: Db, number: number): Promise<void> {
  const kept = await findBlockBelow(db, number);
  if (kept !== null) await db.deleteFrom("mirrorBlocks").where("number", "<", kept.number).execute();
}

/** Forgets all that was followed, so that it is followed once more from the start. */
export async function clearMirror(db: Db): Promise<void> {
  await db.deleteFrom("mirror").execute();
  await db.deleteFrom("mirrorBlocks").execute();
  await db.deleteFrom("chainDeposits").execute();
  await db.deleteFrom("undo").where("tableName", "in", ["mirror", "chainDeposits"]).execute();
}
