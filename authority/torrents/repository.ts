import type { Static } from "typebox";
import { AccessError, InputError, ProtocolError } from "../../protocol/base/errors.ts";
import { type InfoHash, parseInfoHash } from "../../protocol/base/ids.ts";
import { splitPrice } from "../../protocol/base/publisher-share.ts";
import { isPlainText } from "../../protocol/base/text.ts";
import { type Amount, parseBaseUnits } from "../../protocol/base/units.ts";
import type { PublishQuerySchema, SearchQuerySchema, TorrentReply, Torrents } from "../../protocol/http/torrents.ts";
import type { Caller, Context } from "../context.ts";
import { DAY_SEC } from "../day.ts";
import { listSponsored } from "../store/sponsors/sponsorships.ts";
import {
  findMetainfo,
  findTorrent,
  insertTorrent,
  type StoredTorrent,
  searchTorrents,
  sumPublished,
} from "../store/tables/torrents.ts";
import { checkPublishable } from "./metainfo.ts";
import { checkQuota } from "./quota.ts";

const PAGE = 50;

/**
 * Adds a torrent to the repository. The same one by the same publisher at the same price changes
 * nothing.
 * @throws {InputError} TORRENT_INVALID, TITLE_INVALID, PRICE_INVALID, SHARE_INVALID
 * @throws {AccessError} FORBIDDEN, RATE_LIMITED; {PaymentError} QUOTA_EXCEEDED
 */
export async function publish(
  context: Context,
  caller: Caller,
  query: Static<typeof PublishQuerySchema>,
  bytes: Uint8Array,
): Promise<TorrentReply> {
  const { chain, clock, config, metainfo: files, parseMetainfo, store } = context;
  const terms = termsOf(query);
  const { pricePerGiB, sharePercent } = terms;
  // It will be printed on the terminals of strangers.
  if (query.title.trim() === "" || !isPlainText(query.title))
    throw new InputError("TITLE_INVALID", "the title must be plain text without control or invisible characters");
  const metainfo = await parseMetainfo(bytes).catch((error: unknown) => {
    throw error instanceof ProtocolError ? new InputError("TORRENT_INVALID", error.message, { cause: error }) : error;
  });
  checkPublishable(metainfo, { trackerUrl: config.trackerUrl, pricePerGiB });
  const { infoHash, sizeBytes, pieceLength, pieceCount } = metainfo;
  const known = await findTorrent(store.db, infoHash);
  if (known) return ownReply(known, caller, terms);
  const { balance } = await chain.readAccount(caller.account);
  await checkPublishQuota(context, caller, balance, bytes.length);
  await files.write(infoHash, bytes);
  const torrent = await store.transaction(async (trx) => {
    // Others may have published since, each within what was left.
    await checkPublishQuota({ ...context, store: { ...store, db: trx } }, caller, balance, bytes.length);
    return insertTorrent(trx, {
      infoHash,
      title: query.title,
      sizeBytes,
      pieceLength,
      pieceCount,
      pricePerGiB: pricePerGiB.toString(),
      sharePercent,
      publisher: caller.account,
      publishedAt: clock.now(),
      metainfo: new Uint8Array(),
      metainfoBytes: bytes.length,
      isBacked: balance > 0n ? 1 : 0,
    });
  });
  return ownReply(torrent, caller, terms);
}

/** @throws {PaymentError} QUOTA_EXCEEDED */
async function checkPublishQuota(
  { chain, clock, store }: Pick<Context, "chain" | "clock" | "store">,
  { account }: Caller,
  balance: Amount,
  bytes: number,
): Promise<void> {
  checkQuota({
    balance,
    token: 10n ** BigInt(chain.facts.token.decimals),
    bytes,
    published: await sumPublished(store.db, { publisher: account }),
    ofStrangers: await sumPublished(store.db, { strangersSince: clock.now() - DAY_SEC }),
  });
}

interface Terms {
  readonly pricePerGiB: Amount;
  readonly sharePercent: number;
}

/** @throws {InputError} SHARE_INVALID */
function termsOf(query: Static<typeof PublishQuerySchema>): Terms {
  const pricePerGiB = parseBaseUnits(query.pricePerGiB);
  const { sharePercent = 0 } = query;
  if (sharePercent > 0 && splitPrice(pricePerGiB, sharePercent).publisher === 0n) {
    const message = `of this price, ${sharePercent} % is less than a base unit: raise the price or the share`;
    throw new InputError("SHARE_INVALID", message);
  }
  return { pricePerGiB, sharePercent };
}

/** @throws {AccessError} FORBIDDEN; {InputError} PRICE_INVALID, SHARE_INVALID */
function ownReply(torrent: StoredTorrent, caller: Caller, { pricePerGiB, sharePercent }: Terms): TorrentReply {
  if (torrent.publisher !== caller.account)
    throw new AccessError("FORBIDDEN", `torrent ${torrent.infoHash} was published by another account`);
  if (torrent.pricePerGiB !== pricePerGiB.toString()) {
    const message = `torrent ${torrent.infoHash} is published at another price, which cannot change`;
    throw new InputError("PRICE_INVALID", message);
  }
  if (torrent.sharePercent !== sharePercent) {
    const message = `torrent ${torrent.infoHash} is published with another share, which cannot change`;
    throw new InputError("SHARE_INVALID", message);
  }
  return toReply(torrent);
}

/** One page, newest first, from below the sequence `before`. */
export async function search(
  { clock, config, store }: Context,
  { query, limit }: Omit<Static<typeof SearchQuerySchema>, "cursor">,
  before: number,
): Promise<Torrents> {
  const count = limit ?? PAGE;
  const torrents = await searchTorrents(store.db, query ?? "", before, count);
  const found = torrents.map(({ infoHash }) => infoHash);
  const sponsored = await listSponsored(store.db, found, clock.now() + config.params.sessionLifetimeSec);
  return {
    torrents: torrents.map((one) => ({ ...toReply(one), isSponsored: sponsored.has(one.infoHash) })),
    cursor: torrents.length === count ? String(torrents.at(-1)?.sequence) : null,
  };
}

/** @throws {AccessError} TORRENT_UNKNOWN */
export async function readTorrent({ store }: Context, infoHash: string): Promise<TorrentReply> {
  const torrent = await findTorrent(store.db, parseInfoHash(infoHash));
  if (!torrent) throw unknownTorrent(infoHash);
  return toReply(torrent);
}

/** The .torrent file as it was published. @throws {AccessError} TORRENT_UNKNOWN */
export async function readMetainfo({ metainfo: files, store }: Context, infoHash: string): Promise<Uint8Array> {
  const key = parseInfoHash(infoHash);
  const stored = await findMetainfo(store.db, key);
  const metainfo = stored?.length === 0 ? await files.read(key) : stored;
  if (!metainfo) throw unknownTorrent(infoHash);
  return metainfo;
}

export function unknownTorrent(infoHash: InfoHash): AccessError {
  return new AccessError(
    "TORRENT_UNKNOWN",
    `no torrent ${infoHash} is published here: look it up with floodgate search`,
  );
}

export function toReply(torrent: StoredTorrent): TorrentReply {
  const { infoHash, title, sizeBytes, pieceLength, pieceCount, pricePerGiB, sharePercent } = torrent;
  const { publisher, publishedAt } = torrent;
  return { infoHash, title, sizeBytes, pieceLength, pieceCount, pricePerGiB, sharePercent, publisher, publishedAt };
}
