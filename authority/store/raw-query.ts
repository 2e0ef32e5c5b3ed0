import { CompiledQuery } from "kysely";
import type { Db } from "./database.ts";

/**
 * Runs SQL as it stands. Kysely builds and compiles a query anew each time, which costs more than a
 * short one: so the few that run thousands of times a second are written out.
 */
export async function query<Row>(db: Db, sql: string, ...parameters: (string | number | null)[]): Promise<Row[]> {
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(sql, parameters));
  return rows;
}
