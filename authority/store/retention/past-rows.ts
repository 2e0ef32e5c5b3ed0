import { sql } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";

/**
 * Times of requests before `before`: a request as old is refused for its age. Goes through `limit`
 * sessions behind `after`. Returns the last of them, or null at the end. An index by time would
 * cost each announce more than this costs in an hour.
 */
export async function forgetRequests(db: Db, before: number, after: string, limit: number): Promise<string | null> {
  const sessions = await db
    .selectFrom("requests")
    .select("sessionKey")
    .distinct()
    .where("sessionKey", ">", after as Address)
    .orderBy("sessionKey")
    .limit(limit)
    .execute();
  const last = sessions.at(-1)?.sessionKey;
  if (last === undefined) return null;
  await sql`delete from requests
    where sessionKey > ${after} and sessionKey <= ${last} and requestedAt < ${before}`.execute(db);
  return sessions.length < limit ? null : last;
}

/** Sessions that nobody has logged in with since `before`. A login registers them again. */
export async function forgetSessions(db: Db, before: number, limit: number): Promise<number> {
  return affected(
    await sql`delete from sessions where sessionKey in
      (select sessionKey from sessions where loginAt < ${before} limit ${limit})`.execute(db),
  );
}

/** Bundles that were taken out of the line before `before`, with their torrents. */
export async function forgetRetracted(db: Db, before: number): Promise<void> {
  const gone = sql`(select sequence from bundles where retractedAt < ${before})`;
  await sql`delete from torrents where infoHash in
    (select infoHash from bundles where retractedAt < ${before})`.execute(db);
  await sql`delete from bundleBodies where sequence in ${gone}`.execute(db);
  await sql`delete from bundles where retractedAt < ${before}`.execute(db);
}

/** Statements of which no lane is left, and complaints, from before `before`. */
export async function forgetStatements(db: Db, before: number): Promise<void> {
  await sql`delete from statements where createdAt < ${before}
    and not exists (select 1 from lanes where statementId = statements.id)`.execute(db);
  await sql`delete from complaints where createdAt < ${before}`.execute(db);
}

/** What accounts' actions have cost before `before`: their budget is one of a day. */
export async function forgetGasUses(db: Db, before: number): Promise<void> {
  await db.deleteFrom("gasUses").where("createdAt", "<", before).execute();
}

function affected({ numAffectedRows }: { readonly numAffectedRows?: bigint | undefined }): number {
  return Number(numAffectedRows ?? 0n);
}
