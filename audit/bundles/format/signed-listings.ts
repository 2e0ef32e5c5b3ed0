import { createReadStream } from "node:fs";
import { InputError } from "../../../protocol/base/errors.ts";
import type { Address, Hex } from "../../facts/primitives.ts";
import { recoverListing } from "../../signatures/listing-signature.ts";
import { printable } from "./json-line.ts";
import { FileFault, type LineLimits, textLines } from "./text-lines.ts";

/** What a publisher has signed of a content (docs/protocol.md 2.12), as the audit needs it. */
export interface SignedListing {
  readonly infoHash: Hex;
  readonly publisher: Address;
  readonly pricePerGiB: bigint;
  readonly sharePercent: number;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly licence: string;
  readonly replaces: Hex;
  readonly signedAt: number;
  readonly signature: Hex;
}

/** Prices per GiB of the two parts, base units. */
export interface ListedShare {
  readonly publisher: Address;
  readonly toPublisher: bigint;
  readonly toSeller: bigint;
}

/** By infohash: 0x and 40 hex digits. */
export type ListedShares = ReadonlyMap<Hex, ListedShare>;

/** The file stays in memory while the audit runs. */
const LIMITS: LineLimits = { file: 64 * 2 ** 20, line: 64 * 2 ** 10 };

/**
 * Reads lines that `GET /v1/torrents/:infoHash` has answered.
 * @throws {InputError} LISTING_INVALID, FILE_UNREADABLE
 */
export async function readSignedListings(path: string): Promise<SignedListing[]> {
  const listings: SignedListing[] = [];
  let line = 0;
  try {
    for await (const text of textLines(createReadStream(path), LIMITS)) {
      line++;
      const listing = parseListing(text);
      if (listing === null) throw new FileFault(`has a line ${line} that is no content with a signed listing`);
      listings.push(listing);
    }
  } catch (cause) {
    if (cause instanceof FileFault)
      throw new InputError("LISTING_INVALID", `${printable(path)} ${cause.message}`, { cause });
    throw new InputError("FILE_UNREADABLE", `cannot read ${printable(path)}: check the path`, { cause });
  }
  return listings;
}

/** Those that their publisher's key has signed for this contract, and how many others there are. */
export function trustListings(
  domain: Hex,
  listings: readonly SignedListing[],
): { readonly shares: ListedShares; readonly unsigned: number } {
  const shares = new Map<Hex, ListedShare>();
  let unsigned = 0;
  for (const listing of listings) {
    const { infoHash, pricePerGiB, sharePercent } = listing;
    // In the spelling of all other addresses.
    const publisher = recoverListing(domain, listing);
    if (publisher === null || publisher.toLowerCase() !== listing.publisher) {
      unsigned++;
      continue;
    }
    const toPublisher = (pricePerGiB * BigInt(sharePercent)) / 100n;
    if (toPublisher > 0n) shares.set(infoHash, { publisher, toPublisher, toSeller: pricePerGiB - toPublisher });
  }
  return { shares, unsigned };
}

function parseListing(text: string): SignedListing | null {
  const found = parseJson(text) as Record<string, unknown> | null;
  const said = (found?.listing ?? null) as Record<string, unknown> | null;
  if (found === null || said === null) return null;
  const { infoHash, publisher, pricePerGiB, sharePercent } = found;
  const { title, description, tags, licence, replaces, signedAt, signature } = said;
  const isText = [title, description, licence].every((one) => typeof one === "string");
  const areTags = Array.isArray(tags) && tags.every((tag) => typeof tag === "string");
  const isSound =
    isHex(infoHash, 40) &&
    (replaces === null || isHex(replaces, 40)) &&
    isHex(publisher, 40, "0x") &&
    isHex(signature, 130, "0x") &&
    typeof pricePerGiB === "string" &&
    /^\d{1,29}$/.test(pricePerGiB) &&
    isWhole(sharePercent, 50) &&
    isWhole(signedAt, 2 ** 40 - 1);
  if (!isText || !areTags || !isSound) return null;
  return {
    infoHash: `0x${infoHash}`,
    publisher: publisher as Address,
    pricePerGiB: BigInt(pricePerGiB),
    sharePercent,
    ...({ title, description, tags, licence } as Pick<SignedListing, "title" | "description" | "tags" | "licence">),
    replaces: `0x${replaces ?? "0".repeat(40)}`,
    signedAt,
    signature: signature as Hex,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The line is refused with its number.
    return null;
  }
}

function isHex(value: unknown, digits: number, start = ""): value is string {
  return typeof value === "string" && new RegExp(`^${start}[0-9a-f]{${digits}}$`).test(value);
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
