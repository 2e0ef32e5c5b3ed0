import type { Static } from "typebox";
import { AccessError, InputError } from "../../protocol/base/errors.ts";
import { type InfoHash, parseAddress, parseInfoHash } from "../../protocol/base/ids.ts";
import { isPlainText } from "../../protocol/base/text.ts";
import type { ListSchema, Published, SignedListing, TorrentDetail } from "../../protocol/http/listings.ts";
import { hashListing } from "../../protocol/signed/listing.ts";
import { isSignedByKey } from "../accounts/wallet-key.ts";
import type { Caller, Context } from "../context.ts";
import { endSponsorships, listSponsored } from "../store/sponsors/sponsorships.ts";
import { findTorrent, type StoredTorrent } from "../store/tables/torrents.ts";
import { findListing, findReplacement, listPublished, saveListing } from "../store/views/listings.ts";
import { readTorrent, toReply, unknownTorrent } from "./repository.ts";

const PAGE = 50;
const BYTES_PER_GIB = 2n ** 30n;
/** A publisher's clock may be ahead by so much. */
const MAX_AHEAD_SEC = 300;

/**
 * Lists a content as its publisher's wallet has signed it. The latest signature counts: an older
 * one, which a stranger may have kept, changes nothing. Nobody sponsors what is not listed.
 * @throws {AccessError} TORRENT_UNKNOWN, FORBIDDEN; {InputError} LISTING_INVALID, LISTING_STALE
 */
export async function list(
  context: Context,
  caller: Caller,
  infoHash: string,
  { listing, isListed }: Static<typeof ListSchema>,
): Promise<TorrentDetail> {
  const { clock, store } = context;
  const torrent = await ownTorrent(context, caller, infoHash);
  checkText(listing);
  if (listing.replaces === torrent.infoHash) throw invalid("a content cannot replace itself");
  if (listing.signedAt > clock.now() + MAX_AHEAD_SEC) throw invalid("it was signed in the future");
  await checkSignature(context, torrent, listing);
  await store.transaction(async (trx) => {
    const before = await findListing(trx, torrent.infoHash);
    if (before && before.signedAt > listing.signedAt)
      throw new InputError("LISTING_STALE", "a later listing is there already: sign this one again");
    await saveListing(trx, torrent.infoHash, listing, isListed);
    if (!isListed) await endSponsorships(trx, torrent.infoHash);
  });
  return readDetail(context, infoHash);
}

/** @throws {AccessError} TORRENT_UNKNOWN */
export async function readDetail(context: Context, infoHash: string): Promise<TorrentDetail> {
  const torrent = await readTorrent(context, infoHash);
  return { ...torrent, ...(await readSaid(context, torrent)) };
}

/** What its publisher says of a content. */
export async function readSaid(
  { clock, config, store }: Context,
  { infoHash, publisher }: Pick<TorrentDetail, "infoHash" | "publisher">,
): Promise<Pick<TorrentDetail, "listing" | "replacedBy" | "isSponsored">> {
  const [listing = null, replacedBy, sponsored] = await Promise.all([
    findListing(store.db, infoHash),
    findReplacement(store.db, { infoHash, publisher: parseAddress(publisher) }),
    listSponsored(store.db, [infoHash], clock.now() + config.params.sessionLifetimeSec),
  ]);
  return { listing, replacedBy, isSponsored: sponsored.has(infoHash) };
}

/** One page of what an account has published, from below the sequence `before`. */
export async function published({ store }: Context, { account }: Caller, before: number): Promise<Published> {
  const rows = await listPublished(store.db, account, before, PAGE);
  const contents = rows.map((row) => {
    const { isListed, payers, revenue, earned, shared } = row;
    const price = BigInt(row.pricePerGiB);
    const bytes = price === 0n ? 0n : (BigInt(revenue) * BYTES_PER_GIB) / price;
    const money = { revenue: `${revenue}`, bytes: `${bytes}`, earned: `${earned}`, shared: `${shared}` };
    return { ...toReply(row), isListed: isListed === 1, payers, ...money };
  });
  return { contents, cursor: rows.length === PAGE ? String(rows.at(-1)?.sequence) : null };
}

async function ownTorrent({ store }: Context, caller: Caller, text: string): Promise<StoredTorrent> {
  const infoHash: InfoHash = parseInfoHash(text);
  const torrent = await findTorrent(store.db, infoHash);
  if (!torrent) throw unknownTorrent(infoHash);
  if (torrent.publisher !== caller.account)
    throw new AccessError("FORBIDDEN", `torrent ${infoHash} was published by another account`);
  return torrent;
}

/** It will be printed on the terminals of strangers. */
function checkText({ title, description, tags, licence }: SignedListing): void {
  const isPlain = [title, licence, ...tags].every(isPlainText) && description.split("\n").every(isPlainText);
  if (title.trim() === "" || !isPlain) throw invalid("its texts must have no control or invisible characters");
  if (new Set(tags).size < tags.length || tags.some((tag) => tag.trim() !== tag || tag.includes(",")))
    throw invalid("its tags must differ, without commas or spaces around them");
}

async function checkSignature(
  { separator }: Context,
  { infoHash, publisher, pricePerGiB, sharePercent }: StoredTorrent,
  { signature, ...listing }: SignedListing,
): Promise<void> {
  const terms = { infoHash, publisher, pricePerGiB: BigInt(pricePerGiB), sharePercent };
  const digest = hashListing(separator, { ...listing, ...terms });
  if (await isSignedByKey(publisher, digest, signature as `0x${string}`)) return;
  throw invalid("it is not signed by the publisher's wallet");
}

function invalid(what: string): InputError {
  return new InputError("LISTING_INVALID", `the listing is not taken: ${what}`);
}
