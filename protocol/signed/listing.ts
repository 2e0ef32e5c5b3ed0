import { concatBytes } from "../base/bytes.ts";
import { keccak256 } from "../base/hashes.ts";
import type { Address, InfoHash } from "../base/ids.ts";
import type { Amount } from "../base/units.ts";
import { addressWord, bytes20Word, type DomainSeparator, hashTypedData, typeHash, uintWord } from "./typed-data.ts";

/** What a publisher says of a content: the publisher's wallet signs it, so nobody else can. */
export interface Listing {
  readonly publisher: Address;
  readonly infoHash: InfoHash;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** A name of SPDX where there is one; empty: none is given. */
  readonly licence: string;
  /** Base units per 2^30 bytes; 0 is free. */
  readonly pricePerGiB: Amount;
  /** What of the price the publisher gets, whoever sells; 0 to 50. */
  readonly sharePercent: number;
  /** The content whose new version this is, or null. */
  readonly replaces: InfoHash | null;
  /** Seconds since 1970. The latest one counts. */
  readonly signedAt: number;
}

export const LISTING_TYPE =
  "Listing(address publisher,bytes20 infoHash,string title,string description,string[] tags,string licence,uint96 pricePerGiB,uint8 sharePercent,bytes20 replaces,uint40 signedAt)";
const TYPE_HASH = typeHash(LISTING_TYPE);
const NONE = "0".repeat(40);

/** 32 bytes: what the wallet signs (EOA: 65 bytes r‖s‖v; contract: ERC-1271). */
export function hashListing(separator: DomainSeparator, listing: Listing): Uint8Array {
  return hashTypedData(
    separator,
    TYPE_HASH,
    addressWord(listing.publisher),
    bytes20Word(`0x${listing.infoHash}`),
    stringWord(listing.title),
    stringWord(listing.description),
    keccak256(concatBytes(...listing.tags.map(stringWord))),
    stringWord(listing.licence),
    uintWord(listing.pricePerGiB),
    uintWord(listing.sharePercent),
    bytes20Word(`0x${listing.replaces ?? NONE}`),
    uintWord(listing.signedAt),
  );
}

function stringWord(text: string): Uint8Array {
  return keccak256(new TextEncoder().encode(text));
}
