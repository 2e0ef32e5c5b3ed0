import type { Insertable, Selectable } from "kysely";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { TorrentTable } from "../schema.ts";

export type StoredTorrent = Omit<Selectable<TorrentTable>, "metainfo" | "folded" | "isListed">;

const COLUMNS = [
  "sequence",
  "infoHash",
  "title",
  "sizeBytes",
  "pieceLength",
  "pieceCount",
  "pricePerGiB",
  "publisher",
  "publishedAt",
] as const;

/** Writes the torrent unless its infohash is known; returns the one that is stored. */
export async function insertTorrent(db: Db, torrent: Omit<Insertable<TorrentTable>, "folded">): Promise<StoredTorrent> {
  await db
    .insertInto("torrents")
    .values({ ...torrent, folded: fold(torrent.title) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db.selectFrom("torrents").select(COLUMNS).where("infoHash", "=", torrent.infoHash).executeTakeFirstOrThrow();
}

export function findTorrent(db: Db, infoHash: InfoHash): Promise<StoredTorrent | undefined> {
  return db.selectFrom("torrents").select(COLUMNS).where("infoHash", "=", infoHash).executeTakeFirst();
}

export async function findMetainfo(db: Db, infoHash: InfoHash): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("torrents").select("metainfo").where("infoHash", "=", infoHash).executeTakeFirst();
  return row?.metainfo;
}

/** Listed torrents whose title holds `query`, newest first, from below `before`. */
export function searchTorrents(db: Db, query: string, before: number, limit: number): Promise<StoredTorrent[]> {
  const pattern = `%${fold(query).replace(/[\\%_]/g, "\\$&")}%`;
  return db
    .selectFrom("torrents")
    .select(COLUMNS)
    .where("isListed", "=", 1)
    .where((expression) => expression.eb(expression.ref("folded"), "like", expression.val(pattern)))
    .where("sequence", "<", before)
    .orderBy("sequence", "desc")
    .limit(limit)
    .execute();
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
