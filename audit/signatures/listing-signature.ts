import { TypedDataEncoder } from "ethers";
import type { Address, Hex } from "../facts/primitives.ts";
import { hashOf, recoverWallet } from "./ethers-signatures.ts";

const LISTING = new TypedDataEncoder({
  Listing: [
    { name: "publisher", type: "address" },
    { name: "infoHash", type: "bytes20" },
    { name: "title", type: "string" },
    { name: "description", type: "string" },
    { name: "tags", type: "string[]" },
    { name: "licence", type: "string" },
    { name: "pricePerGiB", type: "uint96" },
    { name: "sharePercent", type: "uint8" },
    { name: "replaces", type: "bytes20" },
    { name: "signedAt", type: "uint40" },
  ],
});

/** Who has signed it. Null: nobody, or a wallet with code. */
export function recoverListing(domain: Hex, listing: { readonly signature: Hex }): Address | null {
  return recoverWallet(hashOf(domain, LISTING, listing), listing.signature);
}
