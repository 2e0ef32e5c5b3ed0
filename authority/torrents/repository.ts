import type { Static } from "typebox";
import { AccessError, InputError } from "../../protocol/base/errors.ts";
import { type InfoHash, parseInfoHash } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import type { PublishQuerySchema, SearchQuerySchema, TorrentReply, Torrents } from "../../protocol/http/torrents.ts";
import type { Caller, Context } from "../context.ts";
import {
  findMetainfo,
  findTorrent,
  insertTorrent,
  type StoredTorrent,
  searchTorrents,
} from "../store/tables/torrents.ts";
import { checkPublishable } from "./metainfo.ts";

const PAGE = 50;

/**
 * Adds a torrent to the repository. The same one by the same publisher at the same price changes
 * nothing.
 * @throws {InputError} TORRENT_INVALID, TITLE_INVALID, PRICE_INVALID; {AccessError} FORBIDDEN
 */
export async function publish(
  { clock, config, store }: Context,
  caller: Caller,
  query: Static<typeof PublishQuerySchema>,
  metainfo: Uint8Array,
): Promise<TorrentReply> {
  const pricePerGiB = parseBaseUnits(query.pricePerGiB);
  // It will be printed on the terminals of strangers.
  if (query.title.trim() === "" || printable(query.title.slice(0, 77)) !== query.title.slice(0, 77))
    throw new InputError("TITLE_INVALID", "the title must be plain text without control characters");
  const { infoHash, sizeBytes, pieceLength, pieceCount } = checkPublishable(metainfo, {
    trackerUrl: config.trackerUrl,
    pricePerGiB,
  });
  const torrent = await insertTorrent(store.db, {
    infoHash,
    title: query.title,
    sizeBytes,
    pieceLength,
    pieceCount,
    pricePerGiB: pricePerGiB.toString(),
    publisher: caller.account,
    publishedAt: clock.now(),
    metainfo,
  });
  if (torrent.publisher !== caller.account)
    throw new AccessError("FORBIDDEN", `torrent ${infoHash} was published by another account`);
  if (torrent.pricePerGiB !== pricePerGiB.toString())
    throw new InputError("PRICE_INVALID", `torrent ${infoHash} is published at another price, which cannot change`);
  return toReply(torrent);
}

/** One page, newest first, from below the sequence `before`. */
export async function search(
  { store }: Context,
  { query, limit }: Omit<Static<typeof SearchQuerySchema>, "cursor">,
  before: number,
): Promise<Torrents> {
  const count = limit ?? PAGE;
  const torrents = await searchTorrents(store.db, query ?? "", before, count);
  return {
    torrents: torrents.map(toReply),
    cursor: torrents.length === count ? String(torrents.at(-1)?.sequence) : null,
  };
}

/** @throws {AccessError} TORRENT_UNKNOWN */
export async function readTorrent({ store }: Context, infoHash: string): Promise<TorrentReply> {
  const torrent = await findTorrent(store.db, parseInfoHash(infoHash));
  if (!torrent) throw unknown(infoHash);
  return toReply(torrent);
}

/** The .torrent file as it was published. @throws {AccessError} TORRENT_UNKNOWN */
export async function readMetainfo({ store }: Context, infoHash: string): Promise<Uint8Array> {
  const metainfo = await findMetainfo(store.db, parseInfoHash(infoHash));
  if (!metainfo) throw unknown(infoHash);
  return metainfo;
}

function unknown(infoHash: InfoHash): AccessError {
  return new AccessError(
    "TORRENT_UNKNOWN",
    `no torrent ${infoHash} is published here: look it up with floodgate search`,
  );
}

function toReply(torrent: StoredTorrent): TorrentReply {
  const { infoHash, title, sizeBytes, pieceLength, pieceCount, pricePerGiB, publisher, publishedAt } = torrent;
  return { infoHash, title, sizeBytes, pieceLength, pieceCount, pricePerGiB, publisher, publishedAt };
}
