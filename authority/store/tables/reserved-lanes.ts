import { sql } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { StoredLane } from "./lanes.ts";

/** Which lanes may still reserve money at a block. */
export interface ReservedQuery {
  /** Seconds since 1970: the block's time less the claim period. */
  readonly expiresAfter: number;
  readonly block: number;
}

/**
 * Sequences of lanes that are unexpired, that the authority has still to settle, or that it settled
 * after the block. A union, because SQLite would read all lanes of the payer for one condition with
 * `or`.
 */
function mayReserve(db: Db, payer: Address, { expiresAfter, block }: ReservedQuery) {
  const lanes = db.selectFrom("lanes").select("sequence").where("payer", "=", payer);
  return lanes
    .where("expiresAt", ">", expiresAfter)
    .union(lanes.where("state", "in", ["open", "settling"]).where("amount", "!=", "0"))
    .union(lanes.where("paidAtBlock", ">", block));
}

export function listReservedLanes(db: Db, payer: Address, query: ReservedQuery): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("sequence", "in", mayReserve(db, payer, query))
    .orderBy("lane")
    .execute();
}

/** A place among the lanes of all payers, by the end of their allotments. */
export type EndPlace = Pick<StoredLane, "expiresAt" | "sequence">;

/** Lanes of all payers from behind this place on, by the end of their allotments. */
export function pageLanesByEnd(db: Db, { expiresAt, sequence }: EndPlace, limit: number): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where(sql<boolean>`(expiresAt, sequence) > (${expiresAt}, ${sequence})`)
    .orderBy("expiresAt")
    .orderBy("sequence")
    .limit(limit)
    .execute();
}
