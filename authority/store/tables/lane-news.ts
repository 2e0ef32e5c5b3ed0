import { sql } from "kysely";
import type { Db } from "../database.ts";
import type { StoredLane } from "./lanes.ts";

/** Lanes that have changed since a bundle told of them, ascending. `limit`: null for all. */
export function listLaneNews(db: Db, limit: number | null): Promise<StoredLane[]> {
  return db
    .selectFrom("laneNews")
    .innerJoin("lanes", "lanes.sequence", "laneNews.sequence")
    .selectAll("lanes")
    .orderBy("laneNews.sequence")
    .limit(limit ?? -1)
    .execute();
}

/** Whether there are more than so many. */
export async function hasMoreNews(db: Db, count: number): Promise<boolean> {
  const next = await db
    .selectFrom("laneNews")
    .select("sequence")
    .orderBy("sequence")
    .limit(1)
    .offset(count)
    .executeTakeFirst();
  return next !== undefined;
}

/** A bundle has told of them. */
export async function clearLaneNews(db: Db, lanes: readonly Pick<StoredLane, "sequence">[]): Promise<void> {
  const sequences = JSON.stringify(lanes.map(({ sequence }) => sequence));
  await sql`delete from laneNews where sequence in (select value from json_each(${sequences}))`.execute(db);
}

/** The bundle that told of these lanes does not count. */
export async function restoreLaneNews(
  db: Db,
  lanes: readonly { readonly payer: string; readonly lane: number }[],
): Promise<void> {
  const names = JSON.stringify(lanes.map(({ payer, lane }) => [payer, lane]));
  await sql`insert into laneNews select lanes.sequence from json_each(${names}) as one cross join lanes
    where lanes.payer = one.value ->> 0 and lanes.lane = one.value ->> 1 on conflict do nothing`.execute(db);
}
