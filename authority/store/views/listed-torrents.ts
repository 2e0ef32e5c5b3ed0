import { sql } from "kysely";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
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

const SHOWN = [...COLUMNS, "seeders", "leechers"] as const;

/** A page of listed torrents, and how many there are in all, counted up to `MAX_BROWSED`. */
export async function browseTorrents(
  db: Db,
  { query, order, offset, limit }: { query: string; order: TorrentOrder; offset: number; limit: number },
): Promise<{ readonly torrents: ListedTorrent[]; readonly count: number }> {
  const { words, indexed } = wordsOf(query);
  let listed = db.selectFrom("torrents").where("isListed", "=", 1);
  if (indexed.length > 0) {
    const matching = sql<number>`(select rowid from torrentTitles where torrentTitles match ${matchOf(indexed)}
      order by rowid desc limit ${MAX_BROWSED})`;
    listed = listed.where("sequence", "in", matching);
  } else if (words.length > 0) listed = listed.where("sequence", ">", (await lastSequence(db)) - MAX_SCANNED);
  for (const word of words.filter((one) => !indexed.includes(one))) listed = listed.where(hasPart(word));
  const counted = listed.select("sequence").limit(MAX_BROWSED);
  const { count } = await db
    .selectFrom(counted.as("counted"))
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  const torrents = await listed.select(SHOWN).orderBy(ORDERS[order]).limit(limit).offset(offset).execute();
  return { torrents, count };
}

export function findListedTorrent(db: Db, infoHash: InfoHash): Promise<ListedTorrent | undefined> {
  return db
    .selectFrom("torrents")
    .select(SHOWN)
    .where("infoHash", "=", infoHash)
    .where("isListed", "=", 1)
    .executeTakeFirst();
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
