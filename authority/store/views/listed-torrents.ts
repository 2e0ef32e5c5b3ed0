import { sql } from "kysely";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import { query } from "../raw-query.ts";
import {
  COLUMNS,
  hasPart,
  lastSequence,
  MAX_SCANNED,
  matchOf,
  type StoredTorrent,
  wordsOf,
} from "../tables/torrents.ts";

/** What the repository's pages show of a listed torrent. */
export interface ListedTorrent extends StoredTorrent {
  readonly seeders: number;
  readonly leechers: number;
  readonly tags: readonly string[];
  /** Its publisher's wallet has signed what is said of it, and the signature was checked. */
  readonly isSigned: boolean;
}

export type TorrentOrder = "new" | "seeders" | "size" | "price";

/** Pages lead through so many torrents, and a search looks at so many that match: the newest. */
export const MAX_BROWSED = MAX_SCANNED;

/** The order of each index, so that SQLite reads only the rows of the pages up to the one shown. */
const ORDERS = {
  new: sql`torrents.sequence desc`,
  seeders: sql`torrents.seeders desc, torrents.sequence desc`,
  size: sql`torrents.sizeBytes desc, torrents.sequence desc`,
  price: sql`cast(torrents.pricePerGiB as real) * torrents.sizeBytes, torrents.sequence desc`,
} as const;

const SHOWN = [
  ...COLUMNS.map((column) => `torrents.${column}` as const),
  "torrents.seeders",
  "torrents.leechers",
  // Only checked signatures are stored.
  "listings.tags",
] as const;

type Shown = Omit<ListedTorrent, "tags" | "isSigned"> & { readonly tags: string | null };

function toListed({ tags, ...torrent }: Shown): ListedTorrent {
  return { ...torrent, tags: tags === null ? [] : (JSON.parse(tags) as string[]), isSigned: tags !== null };
}

export interface BrowseQuery {
  readonly query: string;
  /** Exactly as publishers write it; "": any. */
  readonly tag: string;
  readonly order: TorrentOrder;
  readonly offset: number;
  readonly limit: number;
}

/** A page of listed torrents, and how many there are in all, counted up to `MAX_BROWSED`. */
export async function browseTorrents(
  db: Db,
  { query: text, tag, order, offset, limit }: BrowseQuery,
): Promise<{ readonly torrents: ListedTorrent[]; readonly count: number }> {
  const { words, indexed } = wordsOf(text);
  let listed = db.selectFrom("torrents").where("isListed", "=", 1);
  if (indexed.length > 0) {
    const matching = sql<number>`(select rowid from torrentTitles where torrentTitles match ${matchOf(indexed)}
      order by rowid desc limit ${MAX_BROWSED})`;
    listed = listed.where("sequence", "in", matching);
  } else if (words.length > 0 || tag !== "")
    listed = listed.where("sequence", ">", (await lastSequence(db)) - MAX_SCANNED);
  for (const word of words.filter((one) => !indexed.includes(one))) listed = listed.where(hasPart(word));
  if (tag !== "") listed = listed.where(sql<boolean>`torrents.infoHash in ${taggedBy(tag)}`);
  const counted = listed.select("sequence").limit(MAX_BROWSED);
  const { count } = await db
    .selectFrom(counted.as("counted"))
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  const torrents = await listed
    .leftJoin("listings", "listings.infoHash", "torrents.infoHash")
    .select(SHOWN)
    .orderBy(ORDERS[order])
    .limit(limit)
    .offset(offset)
    .execute();
  return { torrents: torrents.map(toListed), count };
}

function taggedBy(tag: string) {
  return sql`(select listings.infoHash from listings, json_each(listings.tags) as one where one.value = ${tag})`;
}

/** The tags that most of the newest listed torrents have, and how many have each. */
export function countTags(db: Db, limit: number): Promise<{ tag: string; count: number }[]> {
  return query(
    db,
    `select one.value as tag, count(*) as count from
      (select tags from torrents join listings using (infoHash) where isListed = 1 order by sequence desc limit ?)
      as newest, json_each(newest.tags) as one group by one.value order by count desc, tag limit ?`,
    MAX_BROWSED,
    limit,
  );
}

export async function findListedTorrent(db: Db, infoHash: InfoHash): Promise<ListedTorrent | undefined> {
  const found = await db
    .selectFrom("torrents")
    .leftJoin("listings", "listings.infoHash", "torrents.infoHash")
    .select(SHOWN)
    .where("torrents.infoHash", "=", infoHash)
    .where("isListed", "=", 1)
    .executeTakeFirst();
  return found && toListed(found);
}

/** Peers of a swarm now. */
export interface SwarmCount {
  readonly infoHash: InfoHash;
  readonly seeders: number;
  readonly leechers: number;
}

/** Listed torrents below the sequence `before`, newest first. */
export function listSwarms(db: Db, before: number, limit: number): Promise<(SwarmCount & { sequence: number })[]> {
  return db
    .selectFrom("torrents")
    .select(["sequence", "infoHash", "seeders", "leechers"])
    .where("isListed", "=", 1)
    .where("sequence", "<", before)
    .orderBy("sequence", "desc")
    .limit(limit)
    .execute();
}

export async function saveSwarms(db: Db, swarms: readonly SwarmCount[]): Promise<void> {
  for (const { infoHash, seeders, leechers } of swarms)
    await db.updateTable("torrents").set({ seeders, leechers }).where("infoHash", "=", infoHash).execute();
}
