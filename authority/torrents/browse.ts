import { AccessError } from "../../protocol/base/errors.ts";
import { type InfoHash, parseInfoHash } from "../../protocol/base/ids.ts";
import type { MetainfoFile } from "../../protocol/bittorrent/file-list.ts";
import type { Context } from "../context.ts";
import {
  type BrowseQuery,
  browseTorrents,
  countTags,
  findListedTorrent,
  type ListedTorrent,
  MAX_BROWSED,
} from "../store/views/listed-torrents.ts";
import { readMetainfo } from "./repository.ts";

/** Contents on one page of the list. */
export const PAGE_SIZE = 50;
export const MAX_PAGE = Math.ceil(MAX_BROWSED / PAGE_SIZE);

/** A page of the repository, in one of its orders. */
export async function browse(
  { store }: Context,
  { page, ...place }: Pick<BrowseQuery, "query" | "tag" | "order"> & { readonly page: number },
): Promise<{ readonly contents: readonly ListedTorrent[]; readonly count: number; readonly countedTo: number }> {
  const offset = (page - 1) * PAGE_SIZE;
  const { torrents, count } = await browseTorrents(store.db, { ...place, offset, limit: PAGE_SIZE });
  return { contents: torrents, count, countedTo: MAX_BROWSED };
}

const TAGS_SHOWN = 24;
/** Counting looks at all listings: whoever looks within this time sees the same. */
const TAGS_KEPT_SEC = 30;

/** The tags that most contents have. */
export function createTagCounts({ clock, store }: Context): () => Promise<readonly string[]> {
  let [countedAt, kept]: [number, Promise<readonly string[]>] = [Number.NEGATIVE_INFINITY, Promise.resolve([])];
  return () => {
    const now = clock.now();
    if (now >= countedAt && now < countedAt + TAGS_KEPT_SEC) return kept;
    countedAt = now;
    kept = countTags(store.db, TAGS_SHOWN).then((counts) => counts.map(({ tag }) => tag));
    kept.catch(() => {
      countedAt = Number.NEGATIVE_INFINITY;
    });
    return kept;
  };
}

/** @throws {AccessError} TORRENT_UNKNOWN; {InputError} INFOHASH_INVALID */
export async function readListed({ store }: Context, infoHash: string): Promise<ListedTorrent> {
  const torrent = await findListedTorrent(store.db, parseInfoHash(infoHash));
  if (!torrent) throw new AccessError("TORRENT_UNKNOWN", "no such content is published here");
  return torrent;
}

export interface FileList {
  /** The first of the files; null: they cannot be read now. */
  readonly files: readonly MetainfoFile[] | null;
  readonly fileCount: number;
}

const MAX_FILES_SHOWN = 500;
const MAX_KEPT = 256;

/** Lists the files of contents. The last ones are kept: parsing takes more than all the rest. */
export function createFileLists(context: Context): (infoHash: InfoHash) => Promise<FileList> {
  const kept = new Map<InfoHash, FileList>();
  return async (infoHash) => {
    const known = kept.get(infoHash);
    if (known) return known;
    try {
      const { files } = await context.parseMetainfo(await readMetainfo(context, infoHash));
      const list = { files: files.slice(0, MAX_FILES_SHOWN), fileCount: files.length };
      const [oldest] = kept.keys();
      if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
      kept.set(infoHash, list);
      return list;
    } catch (error) {
      // Many large ones are being parsed, or the file is gone: the rest is worth showing.
      context.log.warn({ err: error, infoHash }, "the files of a content cannot be listed");
      return { files: null, fileCount: 0 };
    }
  };
}
