import { sql } from "kysely";
import type { Db } from "../database.ts";
import type { StoredLane } from "./lanes.ts";

/** An open lane with a voucher, as the settlement sees it. */
export interface DueLane extends StoredLane {
  /** How often it had changed by then. */
  readonly changes: number;
}

/** When the settlement has to look at a lane again. */
export interface Appointment {
  readonly sequence: number;
  /** How often it had changed when it was looked at. */
  readonly changes: number;
  /** It waits only for company. */
  readonly isReady: boolean;
  /** Seconds since 1970. */
  readonly dueAt: number;
}

/** Whether the settlement has anything to look at. */
export async function hasDueLanes(db: Db, now: number): Promise<boolean> {
  for (const isReady of [0, 1]) {
    const due = await db
      .selectFrom("dueLanes")
      .select("sequence")
      .where("isReady", "=", isReady)
      .where("dueAt", "<=", now)
      .limit(1)
      .executeTakeFirst();
    if (due) return true;
  }
  return false;
}

/** Lanes that wait only for company, then those that are due; at most `limit` of each. */
export async function listDueLanes(db: Db, now: number, limit: number): Promise<DueLane[]> {
  const ready = await dueLanes(db).where("isReady", "=", 1).orderBy("dueAt").limit(limit).execute();
  const rest = dueLanes(db).where("isReady", "=", 0).where("dueAt", "<=", now);
  return [...ready, ...(await rest.orderBy("dueAt").limit(limit).execute())];
}

/** Open lanes with a voucher, ascending, from behind the one of this sequence. */
export function pageOpenLanes(db: Db, after: number, limit: number): Promise<DueLane[]> {
  return dueLanes(db).where("dueLanes.sequence", ">", after).orderBy("dueLanes.sequence").limit(limit).execute();
}

function dueLanes(db: Db) {
  return db
    .selectFrom("dueLanes")
    .innerJoin("lanes", "lanes.sequence", "dueLanes.sequence")
    .selectAll("lanes")
    .select("dueLanes.changes");
}

/** Lanes that have changed meanwhile stay due. */
export async function setAppointments(db: Db, appointments: readonly Appointment[]): Promise<void> {
  if (appointments.length === 0) return;
  const rows = JSON.stringify(
    appointments.map(({ sequence, changes, isReady, dueAt }) => [sequence, isReady ? 1 : 0, dueAt, changes]),
  );
  await sql`update dueLanes set isReady = one.value ->> 1, dueAt = one.value ->> 2
    from json_each(${rows}) as one
    where dueLanes.sequence = one.value ->> 0 and dueLanes.changes = one.value ->> 3`.execute(db);
}
