import type { Address } from "./ids.ts";
import type { Amount } from "./units.ts";

/** How sellers and publisher share what a content costs (docs/protocol.md 4.15). Pure. */

/** Base units per 2^30 bytes. Together they are the content's price. */
export interface SplitPrice {
  readonly seller: Amount;
  readonly publisher: Amount;
}

/** The publisher's part is rounded down. */
export function splitPrice(pricePerGiB: Amount, sharePercent: number): SplitPrice {
  const publisher = (pricePerGiB * BigInt(sharePercent)) / 100n;
  return { seller: pricePerGiB - publisher, publisher };
}

/** What the publisher is due when sellers are promised so much in all; rounded down. */
export function shareOf(promisedToSellers: Amount, { seller, publisher }: SplitPrice): Amount {
  return (promisedToSellers * publisher) / seller;
}

/** Splits a cap at the whole price: the seller's part never outgrows the publisher's. */
export function splitCap(cap: Amount, { seller, publisher }: SplitPrice): SplitPrice {
  const ofSeller = (cap * seller) / (seller + publisher);
  return { seller: ofSeller, publisher: cap - ofSeller };
}

/**
 * Whether a lane pays the publisher's share. No device is paid by it, so it names the account
 * twice: no peer can take it for a lane that it serves on.
 */
export function isShareLane({ payee, payeeKey }: { readonly payee: Address; readonly payeeKey: Address }): boolean {
  return payee === payeeKey;
}
