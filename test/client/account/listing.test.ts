import { expect, test } from "vitest";
import { checkListing, signListing } from "../../../client/account/listing.ts";
import { openWallet } from "../../../client/wallet/wallet.ts";
import type { TorrentDetail } from "../../../protocol/http/listings.ts";
import type { Info } from "../../../protocol/http/public.ts";

const wallet = openWallet(`0x${"11".repeat(32)}`);
const info = { chainId: 31337, contract: `0x${"22".repeat(20)}`, now: 1_900_000_000 } as Info;
const torrent = {
  infoHash: "ab".repeat(20),
  title: "A Film",
  sizeBytes: 1,
  pieceLength: 1,
  pieceCount: 1,
  pricePerGiB: "10000",
  sharePercent: 10,
  publisher: wallet.address,
  publishedAt: 1,
};
const texts = { title: "A Film", description: "Two\nlines", tags: ["a", "b"], licence: "CC0-1.0", replaces: null };

async function signed(): Promise<TorrentDetail> {
  return { ...torrent, listing: await signListing(wallet, info, torrent, texts), replacedBy: null, isSponsored: false };
}

test("a listing is the publisher's, or nobody's", async () => {
  expect(await checkListing(info, await signed())).toBe(true);
  expect(await checkListing(info, { ...torrent, listing: null, replacedBy: null, isSponsored: false })).toBe(false);
});

test.each<[string, (detail: TorrentDetail) => TorrentDetail]>([
  ["the price", (detail) => ({ ...detail, pricePerGiB: "20000" })],
  ["the share", (detail) => ({ ...detail, sharePercent: 20 })],
  ["the title", (detail) => ({ ...detail, title: "Another" })],
  ["the content", (detail) => ({ ...detail, infoHash: "cd".repeat(20) })],
  ["the publisher", (detail) => ({ ...detail, publisher: `0x${"33".repeat(20)}` })],
  ["the licence", ({ listing, ...rest }) => ({ ...rest, listing: listing && { ...listing, licence: "MIT" } })],
  ["how tags are cut", ({ listing, ...rest }) => ({ ...rest, listing: listing && { ...listing, tags: ["ab"] } })],
  [
    "the signature",
    ({ listing, ...rest }) => ({ ...rest, listing: listing && { ...listing, signature: `0x${"00".repeat(65)}` } }),
  ],
])("an authority that changes %s is found out", async (_name, change) => {
  await expect(checkListing(info, change(await signed()))).rejects.toMatchObject({ code: "LISTING_FORGED" });
});

test("it is good on its own chain and contract only", async () => {
  const elsewhere = { ...info, chainId: 1 };
  await expect(checkListing(elsewhere, await signed())).rejects.toMatchObject({ code: "LISTING_FORGED" });
});
