import type { Selectable } from "kysely";
import type { Db } from "../database.ts";
import type { ClaimTable } from "../schema.ts";

export type StoredClaim = Selectable<ClaimTable>;

export async function insertClaim(db: Db, laneCount: number): Promise<StoredClaim> {
  const { next } = await db
    .selectFrom("claims")
    .select((expression) => expression.fn.max("id").as("next"))
    .executeTakeFirstOrThrow();
  const id = Number(next ?? 0) + 1;
  const claim = { id, actionId: `claim:${id}`, laneCount };
  await db.insertInto("claims").values(claim).execute();
  return claim;
}

export function findClaim(db: Db, actionId: string): Promise<StoredClaim> {
  return db.selectFrom("claims").selectAll().where("actionId", "=", actionId).executeTakeFirstOrThrow();
}
