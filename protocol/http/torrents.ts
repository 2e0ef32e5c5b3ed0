import { type Static, Type } from "typebox";
import { MAX_SHARE_PERCENT, MAX_TITLE } from "../base/constants.ts";
import { AddressSchema, AmountSchema, InfoHashSchema, object, TimeSchema } from "../base/schemas.ts";

/** Routes of the repository (docs/protocol.md 10.3). */

/**
 * POST /v1/torrents?title=..&pricePerGiB=.. (access): body is the .torrent file,
 * `application/x-bittorrent`.
 */
export const PublishQuerySchema = object({
  title: Type.String({ minLength: 1, maxLength: MAX_TITLE }),
  pricePerGiB: AmountSchema,
  /** What of the price the publisher gets, whoever sells (docs/protocol.md 4.15). Default: 0. */
  sharePercent: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_SHARE_PERCENT })),
});
export const TorrentSchema = object({
  infoHash: InfoHashSchema,
  title: Type.String(),
  sizeBytes: Type.Integer({ minimum: 1 }),
  pieceLength: Type.Integer({ minimum: 1 }),
  pieceCount: Type.Integer({ minimum: 1 }),
  pricePerGiB: AmountSchema,
  /** What of the price its publisher gets, whoever sells. */
  sharePercent: Type.Integer({ minimum: 0, maximum: MAX_SHARE_PERCENT }),
  publisher: AddressSchema,
  publishedAt: TimeSchema,
});
export type TorrentReply = Static<typeof TorrentSchema>;

/**
 * GET /v1/torrents?query=..&limit=..&cursor=..; GET /v1/torrents/:infoHash; GET
 * /v1/torrents/:infoHash/metainfo
 */
export const SearchQuerySchema = object({
  query: Type.Optional(Type.String({ maxLength: MAX_TITLE })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 128 })),
});
export const TorrentsSchema = object({
  /** `isSponsored`: a sponsor has tickets for it (docs/protocol.md 4.14). */
  torrents: Type.Array(object({ ...TorrentSchema.properties, isSponsored: Type.Boolean() })),
  cursor: Type.Union([Type.Null(), Type.String()]),
});
export type Torrents = Static<typeof TorrentsSchema>;
