import { type Selectable, sql } from "kysely";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { ByteRange } from "../../../protocol/http/byte-range.ts";
import type { BundleTable } from "../bundle-schema.ts";
import type { Db } from "../database.ts";
import type { StoredLane } from "./lanes.ts";

type StoredBundle = Selectable<BundleTable>;

export interface ListedBundle extends Pick<StoredBundle, "sequence" | "name" | "previous"> {
  readonly bytes: number;
  /** The contract's number of its batch; null while the chain has none. */
  readonly batch: number | null;
}

/** The end of the chain of bundles. */
export type BundleTip = Pick<StoredBundle, "name" | "lastLane">;

/** Null before the first. A restored store goes on after the last bundle that the chain names. */
export async function findBundleTip(db: Db): Promise<BundleTip | null> {
  const last = await newest(db).select(["sequence", "name", "lastLane"]).executeTakeFirst();
  const { lostBundle, lostBundleAfter } = await db
    .selectFrom("network")
    .select(["lostBundle", "lostBundleAfter"])
    .executeTakeFirstOrThrow();
  if (lostBundle !== null && (last?.sequence ?? 0) <= lostBundleAfter)
    return { name: lostBundle, lastLane: last?.lastLane ?? 0 };
  return last ?? null;
}

/** A bundle, and its bytes. */
export async function insertBundle(
  db: Db,
  { body, ...bundle }: Omit<StoredBundle, "sequence" | "bytes" | "retractedAt"> & { readonly body: Uint8Array },
): Promise<void> {
  const values = { ...bundle, bytes: body.length };
  // One that was taken out of the line may say the same at the same block.
  const twin = db.selectFrom("bundles").select("sequence").where("name", "=", bundle.name);
  await db
    .deleteFrom("bundleBodies")
    .where("sequence", "in", twin.where("retractedAt", "is not", null))
    .execute();
  await db.deleteFrom("bundles").where("name", "=", bundle.name).where("retractedAt", "is not", null).execute();
  const { sequence } = await db.insertInto("bundles").values(values).returning("sequence").executeTakeFirstOrThrow();
  await db.insertInto("bundleBodies").values({ sequence, body }).execute();
}

/**
 * Takes the bundle of a failed batch out of the line, if it is the last one in it. Returns its
 * bytes, or null if another bundle names it.
 */
export async function retractBundle(db: Db, batchId: number, retractedAt: number): Promise<Uint8Array | null> {
  const last = await newest(db).select(["sequence", "batchId"]).executeTakeFirst();
  if (last?.batchId !== batchId) return null;
  const { sequence } = last;
  await db.updateTable("bundles").set({ retractedAt }).where("sequence", "=", sequence).execute();
  const stored = await db.selectFrom("bundleBodies").select("body").where("sequence", "=", sequence).executeTakeFirst();
  return stored?.body ?? null;
}

function newest(db: Db) {
  return db.selectFrom("bundles").where("retractedAt", "is", null).orderBy("sequence", "desc").limit(1);
}

/** Newest first, from below `before`. */
export function listBundles(db: Db, before: number, limit: number): Promise<ListedBundle[]> {
  return db
    .selectFrom("bundles")
    .leftJoin("batches", "batches.id", "bundles.batchId")
    .select(["bundles.sequence", "bundles.name", "bundles.previous", "bundles.bytes", "batches.number as batch"])
    .where("bundles.sequence", "<", before)
    .where("bundles.retractedAt", "is", null)
    .orderBy("bundles.sequence", "desc")
    .limit(limit)
    .execute();
}

export async function findBundleSize(db: Db, name: Hex): Promise<number | undefined> {
  const row = await db.selectFrom("bundles").select("bytes").where("name", "=", name).executeTakeFirst();
  return row?.bytes;
}

export async function readBundleBytes(db: Db, name: Hex, { start, end }: ByteRange): Promise<Uint8Array> {
  const { part } = await db
    .selectFrom("bundles")
    .innerJoin("bundleBodies", "bundleBodies.sequence", "bundles.sequence")
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
