import { type Insertable, type Selectable, sql } from "kysely";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { TorrentTable } from "../schema.ts";

export type StoredTorrent = Omit<
  Selectable<TorrentTable>,
  "metainfo" | "metainfoBytes" | "folded" | "isListed" | "isBacked" | "seeders" | "leechers"
>;

export const COLUMNS = [
  "sequence",
  "infoHash",
  "title",
  "sizeBytes",
  "pieceLength",
  "pieceCount",
  "pricePerGiB",
  "sharePercent",
  "publisher",
  "publishedAt",
] as const;

/** Writes the torrent unless its infohash is known; returns the one that is stored. */
export async function insertTorrent(db: Db, torrent: Omit<Insertable<TorrentTable>, "folded">): Promise<StoredTorrent> {
  const folded = foldTitle(torrent.title);
  const inserted = await db
    .insertInto("torrents")
    .values({ ...torrent, folded })
    .onConflict((conflict) => conflict.doNothing())
    .returning("sequence")
    .executeTakeFirst();
  if (inserted && torrent.isListed !== 0)
    await db.insertInto("torrentTitles").values({ rowid: inserted.sequence, folded }).execute();
  return db.selectFrom("torrents").select(COLUMNS).where("infoHash", "=", torrent.infoHash).executeTakeFirstOrThrow();
}

export function findTorrent(db: Db, infoHash: InfoHash): Promise<StoredTorrent | undefined> {
  return db.selectFrom("torrents").select(COLUMNS).where("infoHash", "=", infoHash).executeTakeFirst();
}

export function findTorrents(db: Db, infoHashes: readonly InfoHash[]): Promise<StoredTorrent[]> {
  return db.selectFrom("torrents").select(COLUMNS).where("infoHash", "in", infoHashes).execute();
}

/** As it is kept in the store; empty for a published torrent, whose metainfo is a file. */
export async function findMetainfo(db: Db, infoHash: InfoHash): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("torrents").select("metainfo").where("infoHash", "=", infoHash).executeTakeFirst();
  return row?.metainfo;
}

/** What a publisher has published, or what all without money have published since a time. */
export async function sumPublished(
  db: Db,
  of: { readonly publisher: Address } | { readonly strangersSince: number },
): Promise<{ torrents: number; bytes: number }> {
  const all = db
    .selectFrom("torrents")
    .select(({ fn }) => [fn.countAll<number>().as("torrents"), fn.sum<number | null>("metainfoBytes").as("bytes")]);
  const { torrents, bytes } = await ("publisher" in of
    ? all.where("publisher", "=", of.publisher)
    : all.where("isBacked", "=", 0).where("publishedAt", ">", of.strangersSince)
  ).executeTakeFirstOrThrow();
  return { torrents, bytes: bytes ?? 0 };
}

/** Shorter words are in no index of trigrams. */
const MIN_INDEXED = 3;
/** Torrents that a search for short words alone looks through: the newest. */
export const MAX_SCANNED = 10_000;

/**
 * Listed torrents whose title has every word of `query` as a part of it, newest first, from below
 * `before`.
 */
export async function searchTorrents(db: Db, query: string, before: number, limit: number): Promise<StoredTorrent[]> {
  const { words, indexed } = wordsOf(query);
  let found = db
    .selectFrom("torrents")
    .select(COLUMNS.map((column) => `torrents.${column}` as const))
    .where("isListed", "=", 1)
    .where("sequence", "<", before);
  if (indexed.length > 0) {
    found = found
      .innerJoin("torrentTitles", "torrentTitles.rowid", "torrents.sequence")
      .where(sql<boolean>`torrentTitles match ${matchOf(indexed)}`)
      // The index gives its rows in this order, so a search ends with its page.
      .orderBy("torrentTitles.rowid", "desc");
  } else {
    if (words.length > 0) found = found.where("sequence", ">", Math.min(before, await lastSequence(db)) - MAX_SCANNED);
    found = found.orderBy("sequence", "desc");
  }
  for (const word of words.filter((one) => !indexed.includes(one))) {
    found = found.where(hasPart(word));
  }
  return found.limit(limit).execute();
}

/** Words of a search, in one case; `indexed` are those that the index of titles knows. */
export function wordsOf(query: string): { readonly words: readonly string[]; readonly indexed: readonly string[] } {
  const words = foldTitle(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  return { words, indexed: words.filter((word) => [...word].length >= MIN_INDEXED) };
}

/** FTS5's expression for titles that have all of these words. */
export function matchOf(words: readonly string[]): string {
  return words.map((word) => `"${word.replaceAll('"', '""')}"`).join(" ");
}

/** The title has the word as a part of it. */
export function hasPart(word: string) {
  const pattern = `%${word.replace(/[\\%_]/g, "\\$&")}%`;
  return sql<boolean>`torrents.folded like ${pattern} escape '\\'`;
}

export async function lastSequence(db: Db): Promise<number> {
  const { last } = await db
    .selectFrom("torrents")
    .select(({ fn }) => fn.max("sequence").as("last"))
    .executeTakeFirstOrThrow();
  return last ?? 0;
}

/** In one case and composition, for searches. */
export function foldTitle(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
