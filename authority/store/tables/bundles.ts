import { type Selectable, sql } from "kysely";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { ByteRange } from "../../../protocol/http/byte-range.ts";
import type { Db } from "../database.ts";
import type { BundleTable } from "../schema.ts";
import type { StoredLane } from "./lanes.ts";

type StoredBundle = Selectable<BundleTable>;

export interface ListedBundle extends Pick<StoredBundle, "sequence" | "name" | "previous"> {
  readonly bytes: number;
  /** The contract's number of its batch; null while the chain has none. */
  readonly batch: number | null;
}

/** The end of the chain of bundles. */
export type BundleTip = Pick<StoredBundle, "name" | "lastLane">;

/** Null before the first. */
export async function findBundleTip(db: Db): Promise<BundleTip | null> {
  const tip = await db
    .selectFrom("bundles")
    .select(["name", "lastLane"])
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return tip ?? null;
}

/** Time of the newest bundle that a batch names; 0 before the first. */
export async function findBatchBundleTime(db: Db): Promise<number> {
  const newest = await db
    .selectFrom("bundles")
    .select("createdAt")
    .where("batchId", "is not", null)
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return newest?.createdAt ?? 0;
}

export async function insertBundle(db: Db, bundle: Omit<StoredBundle, "sequence">): Promise<void> {
  await db.insertInto("bundles").values(bundle).execute();
}

/** Newest first, from below `before`. */
export function listBundles(db: Db, before: number, limit: number): Promise<ListedBundle[]> {
  return db
    .selectFrom("bundles")
    .leftJoin("batches", "batches.id", "bundles.batchId")
    .select(["bundles.sequence", "bundles.name", "bundles.previous", "batches.number as batch"])
    .select(sql<number>`length(bundles.body)`.as("bytes"))
    .where("bundles.sequence", "<", before)
    .orderBy("bundles.sequence", "desc")
    .limit(limit)
    .execute();
}

export async function findBundleSize(db: Db, name: Hex): Promise<number | undefined> {
  const row = await db
    .selectFrom("bundles")
    .select(sql<number>`length(body)`.as("bytes"))
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.bytes;
}

export async function readBundleBytes(db: Db, name: Hex, { start, end }: ByteRange): Promise<Uint8Array> {
  const { part } = await db
    .selectFrom("bundles")
    // SQLite counts from 1.
    .select(sql<Uint8Array>`substr(body, ${start + 1}, ${end - start + 1})`.as("part"))
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return part;
}

/** The .torrent file of a bundle. */
export async function findBundleMetainfo(db: Db, name: Hex): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("bundles")
    .innerJoin("torrents", "torrents.infoHash", "bundles.infoHash")
    .select("torrents.metainfo")
    .where("bundles.name", "=", name)
    .executeTakeFirst();
  return row?.metainfo;
}

/** Lanes issued after the one of this sequence, in order of issue. */
export function listLanesIssuedAfter(db: Db, sequence: number, limit: number | null): Promise<StoredLane[]> {
  const lanes = db.selectFrom("lanes").selectAll().where("sequence", ">", sequence).orderBy("sequence");
  return (limit === null ? lanes : lanes.limit(limit)).execute();
}

/** Sequence of the lane that was issued last; 0 before the first. */
export async function findLastLane(db: Db): Promise<number> {
  const { last } = await db
    .selectFrom("lanes")
    .select((expression) => expression.fn.max("sequence").as("last"))
    .executeTakeFirstOrThrow();
  return Number(last ?? 0);
}

/**
 * Lanes with a voucher that nothing has paid in full and that are not in this batch. Skipped lanes
 * only if they expired after `expiredAfter`.
 */
export function listUnpaidLanes(
  db: Db,
  { batchId, expiredAfter }: { readonly batchId: number; readonly expiredAfter: number },
): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("amount", "!=", "0")
    .where((expression) =>
      expression.or([
        expression("state", "in", ["open", "claiming"]),
        expression.and([expression("state", "=", "settling"), expression("batchId", "!=", batchId)]),
        expression.and([expression("state", "=", "skipped"), expression("expiresAt", ">", expiredAfter)]),
      ]),
    )
    .orderBy("sequence")
    .execute();
}
