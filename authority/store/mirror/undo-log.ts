import { sql } from "kysely";
import type { Db } from "../database.ts";

/**
 * Runs `work` in a store transaction. What it writes follows from this block, and goes away with
 * it; from none if it is null.
 */
export async function derivedAt<T>(db: Db, block: number | null, work: () => Promise<T>): Promise<T> {
  await db.updateTable("undoCursor").set({ block }).execute();
  const result = await work();
  await db.updateTable("undoCursor").set({ block: null }).execute();
  return result;
}

/** Puts back what followed from blocks after this one, newest first. Returns how many writes. */
export async function undoAfter(db: Db, block: number): Promise<number> {
  const entries = await db.selectFrom("undo").selectAll().where("block", ">", block).orderBy("id", "desc").execute();
  for (const { tableName, key, before, after } of entries) {
    const names = JSON.parse(key) as Record<string, unknown>;
    const isRow = sql.join(
      Object.entries(names).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
      sql` and `,
    );
    if (before === null || after === null) {
      await sql`delete from ${sql.table(tableName)} where ${isRow}`.execute(db);
      continue;
    }
    const then = JSON.parse(after) as Record<string, unknown>;
    const changed = Object.entries(JSON.parse(before) as Record<string, unknown>)
      .filter(([column, value]) => value !== then[column])
      .map(([column, value]) => {
        const field = sql.ref(column);
        // What has been decided since then stays.
        return sql`${field} = case when ${field} is ${then[column]} then ${value} else ${field} end`;
      });
    if (changed.length > 0)
      await sql`update ${sql.table(tableName)} set ${sql.join(changed)} where ${isRow}`.execute(db);
  }
  await db.deleteFrom("undo").where("block", ">", block).execute();
  return entries.length;
}

/** Forgets what could be put back for blocks up to this one. */
export async function forgetUndo(db: Db, block: number): Promise<void> {
  await db.deleteFrom("undo").where("block", "<=", block).execute();
}
