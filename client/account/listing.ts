import { recoverAddress } from "viem";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { ProtocolError } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import type { SignedListing, TorrentDetail } from "../../protocol/http/listings.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import { hashListing } from "../../protocol/signed/listing.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import type { Wallet } from "../wallet/wallet.ts";

/** What a publisher may say of a content. */
export type ListingTexts = Pick<SignedListing, "title" | "description" | "tags" | "licence" | "replaces">;

type Published = Pick<TorrentReply, "infoHash" | "publisher" | "pricePerGiB" | "sharePercent">;

export async function signListing(
  wallet: Wallet,
  info: Info,
  torrent: Published,
  texts: ListingTexts,
): Promise<SignedListing> {
  const listing = { ...texts, signedAt: info.now };
  const signature = await wallet.signListing(separatorOf(info), { ...listing, ...termsOf(torrent) });
  return { ...listing, signature };
}

/**
 * Whether the publisher's own key has signed what the authority says of a content. False: nothing
 * is signed, or by a wallet with code, which only the chain can judge.
 * @throws {ProtocolError} LISTING_FORGED
 */
export async function checkListing(info: Info, torrent: TorrentDetail): Promise<boolean> {
  if (torrent.listing === null || torrent.listing.signature.length !== SIGNATURE_CHARS) return false;
  const { signature, ...listing } = torrent.listing;
  const digest = hashListing(separatorOf(info), { ...listing, ...termsOf(torrent) });
  const signer = await recoverAddress({ hash: bytesToHex(digest), signature: signature as Hex }).catch(() => null);
  if (signer?.toLowerCase() === torrent.publisher && listing.title === torrent.title) return true;
  throw new ProtocolError(
    "LISTING_FORGED",
    `${torrent.publisher} has not signed what the authority says of ${torrent.infoHash}: do not buy it here`,
  );
}

/** Hex digits of r, s and v, with 0x. */
const SIGNATURE_CHARS = 132;

function separatorOf({ chainId, contract }: Info): Uint8Array {
  return hashDomain({ chainId, contract: parseAddress(contract) });
}

function termsOf({ infoHash, publisher, pricePerGiB, sharePercent }: Published) {
  return { infoHash, publisher: parseAddress(publisher), pricePerGiB: BigInt(pricePerGiB), sharePercent };
}
