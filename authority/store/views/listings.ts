import { sql } from "kysely";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { SignedListing } from "../../../protocol/http/listings.ts";
import type { Db } from "../database.ts";
import { COLUMNS, foldTitle, type StoredTorrent } from "../tables/torrents.ts";

/** What the publisher has signed last; undefined: nothing. */
export async function findListing(db: Db, infoHash: InfoHash): Promise<SignedListing | undefined> {
  const row = await db.selectFrom("listings").selectAll().where("infoHash", "=", infoHash).executeTakeFirst();
  if (!row) return undefined;
  const { infoHash: _, tags, ...listing } = row;
  return { ...listing, tags: JSON.parse(tags) as string[] };
}

/** The newest content that replaces this one. */
export async function findReplacement(
  db: Db,
  { infoHash, publisher }: Pick<StoredTorrent, "infoHash" | "publisher">,
): Promise<InfoHash | null> {
  const row = await db
    .selectFrom("listings")
    .innerJoin("torrents", "torrents.infoHash", "listings.infoHash")
    .select("listings.infoHash")
    .where("listings.replaces", "=", infoHash)
    .where("torrents.publisher", "=", publisher)
    .orderBy("torrents.sequence", "desc")
    .executeTakeFirst();
  return row?.infoHash ?? null;
}

/** The title, and what searches find, follow the listing. */
export async function saveListing(
  db: Db,
  infoHash: InfoHash,
  { tags, ...listing }: SignedListing,
  isListed: boolean,
): Promise<void> {
  const row = { ...listing, infoHash, tags: JSON.stringify(tags) };
  await db
    .insertInto("listings")
    .values(row)
    .onConflict((conflict) => conflict.column("infoHash").doUpdateSet(row))
    .execute();
  const before = await db
    .selectFrom("torrents")
    .select(["sequence", "folded", "isListed"])
    .where("infoHash", "=", infoHash)
    .executeTakeFirstOrThrow();
  const { sequence } = before;
  const folded = foldTitle([listing.title, ...tags].join(" "));
  await db
    .updateTable("torrents")
    .set({ title: listing.title, folded, isListed: isListed ? 1 : 0 })
    .where("sequence", "=", sequence)
    .execute();
  // The index has no contents of its own, so it is told what it knew (FTS5, "contentless").
  if (before.isListed === 1)
    await sql`insert into torrentTitles (torrentTitles, rowid, folded)
      values ('delete', ${sequence}, ${before.folded})`.execute(db);
  if (isListed) await db.insertInto("torrentTitles").values({ rowid: sequence, folded }).execute();
}

export interface PublishedTorrent extends StoredTorrent {
  readonly isListed: number;
  readonly payers: number;
  /** Base units. */
  readonly revenue: number;
  readonly earned: number;
  /** What of it is the publisher's share (docs/protocol.md 4.15). */
  readonly shared: number;
}

/** What an account has published, with what vouchers promise for it; newest first. */
export function listPublished(db: Db, publisher: Address, before: number, limit: number): Promise<PublishedTorrent[]> {
  const of = (what: string) =>
    sql<number>`(select ${sql.raw(what)} from lanes where lanes.infoHash = torrents.infoHash and lanes.amount <> '0')`;
  return db
    .selectFrom("torrents")
    .select([
      ...COLUMNS,
      "isListed",
      of("count(distinct payer)").as("payers"),
      of("coalesce(sum(cast(amount as integer)), 0)").as("revenue"),
      of("coalesce(sum(case when payee = torrents.publisher then cast(amount as integer) end), 0)").as("earned"),
      of("coalesce(sum(case when payee = payeeKey then cast(amount as integer) end), 0)").as("shared"),
    ])
    .where("publisher", "=", publisher)
    .where("sequence", "<", before)
    .orderBy("sequence", "desc")
    .limit(limit)
    .execute();
}
