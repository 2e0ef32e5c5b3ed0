import type { Db } from "../database.ts";
import type { RevocationTable } from "../session-schema.ts";

/** Those whose tokens have not all expired. */
export function listRevocations(db: Db, now: number): Promise<RevocationTable[]> {
  return db.selectFrom("revocations").selectAll().where("expiresAt", ">", now).execute();
}

/** Replaces an earlier one of the same session, and forgets those that have no tokens left. */
export async function insertRevocation(db: Db, revocation: RevocationTable, now: number): Promise<void> {
  await db.deleteFrom("revocations").where("expiresAt", "<=", now).execute();
  await db
    .insertInto("revocations")
    .values(revocation)
    .onConflict((conflict) => conflict.column("sessionKey").doUpdateSet(revocation))
    .execute();
}
