import { type Static, Type } from "typebox";
import { MAX_DESCRIPTION, MAX_LICENCE, MAX_TAG, MAX_TAGS, MAX_TITLE } from "../base/constants.ts";
import { AmountSchema, InfoHashSchema, object, TimeSchema, WalletSignatureSchema } from "../base/schemas.ts";
import { TorrentSchema } from "./torrents.ts";

/** What publishers say of their contents, and read of them (docs/protocol.md 10.3). */

/** Of a `Listing` that the publisher's wallet has signed (docs/protocol.md 2.12). */
const SignedListingSchema = object({
  title: Type.String({ minLength: 1, maxLength: MAX_TITLE }),
  description: Type.String({ maxLength: MAX_DESCRIPTION }),
  tags: Type.Array(Type.String({ minLength: 1, maxLength: MAX_TAG }), { maxItems: MAX_TAGS }),
  licence: Type.String({ maxLength: MAX_LICENCE }),
  /** The content whose new version this is. */
  replaces: Type.Union([Type.Null(), InfoHashSchema]),
  signedAt: TimeSchema,
  signature: WalletSignatureSchema,
});
export type SignedListing = Static<typeof SignedListingSchema>;

/**
 * POST /v1/torrents/:infoHash/listing (access): the publisher lists its content anew. `isListed`
 * false: searches and pages no longer show it; who knows the infohash still gets it.
 */
export const ListSchema = object({ listing: SignedListingSchema, isListed: Type.Boolean() });

/** GET /v1/torrents/:infoHash */
export const TorrentDetailSchema = object({
  ...TorrentSchema.properties,
  /** Null: its publisher has signed none. */
  listing: Type.Union([Type.Null(), SignedListingSchema]),
  /** The newest version of it by the same publisher; null: there is none. */
  replacedBy: Type.Union([Type.Null(), InfoHashSchema]),
  /** A sponsor has tickets for it (docs/protocol.md 4.14). */
  isSponsored: Type.Boolean(),
});
export type TorrentDetail = Static<typeof TorrentDetailSchema>;

/** GET /v1/account/published?cursor=.. (access): newest first. */
export const PublishedSchema = object({
  contents: Type.Array(
    object({
      ...TorrentSchema.properties,
      isListed: Type.Boolean(),
      /** Accounts that have promised something for it. */
      payers: Type.Integer({ minimum: 0 }),
      /** What vouchers promise for it, and the bytes which that buys. */
      revenue: AmountSchema,
      bytes: AmountSchema,
      /** What of the revenue goes to the publisher: as a seller, and as its share. */
      earned: AmountSchema,
      /** What of that is its share. */
      shared: AmountSchema,
    }),
  ),
  cursor: Type.Union([Type.Null(), Type.String()]),
});
export type Published = Static<typeof PublishedSchema>;
