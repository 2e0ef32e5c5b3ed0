import { type Static, Type } from "typebox";
import { MAX_SHARE_PERCENT } from "../base/constants.ts";
import { AddressSchema, AmountSchema, InfoHashSchema, object } from "../base/schemas.ts";
import { type ContentJson, CountSchema, IdSchema, type PeerJson } from "./peer.ts";
import { PatternsSchema } from "./peer-settings.ts";

/** What the API tells of one content's wires and files, of bans, and to its page. */

/** POST /v1/offers: how a person names a content; or the bytes of a .torrent file. */
export const SourceSchema = object({
  source: Type.String({
    minLength: 1,
    maxLength: 4096,
    description: "id, magnet link, or the address of a .torrent file",
  }),
  /** Only the files that match are asked about. */
  files: Type.Optional(PatternsSchema),
});
export const OfferSchema = object({
  infoHash: InfoHashSchema,
  title: Type.String(),
  publisher: AddressSchema,
  /** Of what was asked about. */
  sizeBytes: CountSchema,
  pricePerGiB: AmountSchema,
  /** What of the price its publisher gets, whoever sells. */
  sharePercent: Type.Integer({ minimum: 0, maximum: MAX_SHARE_PERCENT }),
  cost: AmountSchema,
  /** What the account has for it, as the authority says; null: it is free. */
  spendable: Type.Union([Type.Null(), AmountSchema]),
  /** This peer has it already. */
  isHeld: Type.Boolean(),
});
export type OfferJson = Static<typeof OfferSchema>;

/** GET /v1/contents/:id/wires */
const TRADE = {
  account: AddressSchema,
  pricePerGiB: AmountSchema,
  /** Promised by vouchers, over all runs. */
  amount: AmountSchema,
  /** Bytes of whole pieces that were begun and not paid, and how many there may be. */
  unpaidBytes: CountSchema,
  windowBytes: CountSchema,
};
const WireSchema = object({
  address: Type.String({ description: "IP address and port" }),
  /** Session key that the other end claims; null: it does not speak Floodgate. */
  remoteKey: Type.Union([Type.Null(), AddressSchema]),
  isPaid: Type.Boolean(),
  bytesDown: CountSchema,
  bytesUp: CountSchema,
  rateDown: CountSchema,
  rateUp: CountSchema,
  /** Of pieces that came with a wrong hash. */
  wastedBytes: CountSchema,
  badPieces: CountSchema,
  defaults: CountSchema,
  bought: Type.Union([Type.Null(), object(TRADE)]),
  sold: Type.Union([
    Type.Null(),
    object({
      ...TRADE,
      /** It has an upload slot, waits for one, or buys nothing now. */
      turn: Type.Union([Type.Literal("served"), Type.Literal("waiting"), Type.Literal("none")]),
      lostBytes: CountSchema,
    }),
  ]),
});
export const WiresSchema = object({ wires: Type.Array(WireSchema) });
export type WireJson = Static<typeof WireSchema>;

/** GET /v1/contents/:id/files */
const FileSchema = object({
  index: CountSchema,
  path: Type.String(),
  sizeBytes: CountSchema,
  bytesDone: CountSchema,
  mediaType: Type.Union([Type.Null(), Type.String()]),
});
export const FilesSchema = object({ files: Type.Array(FileSchema) });
export type FileJson = Static<typeof FileSchema>;

/** POST /v1/contents/:id/files/:index/play */
export const FileIdSchema = object({ id: IdSchema.properties.id, index: Type.Integer({ minimum: 0 }) });
export const PlaySchema = object({
  path: Type.String({ description: "GET and HEAD with ranges, for the page that asked" }),
});
export type PlayJson = Static<typeof PlaySchema>;

/** GET /v1/bans */
export const BansSchema = object({
  bans: Type.Array(
    object({ account: AddressSchema, until: Type.Integer(), badPieces: CountSchema, defaults: CountSchema }),
  ),
});
export type BansJson = Static<typeof BansSchema>;

/** GET /v1/events: with `content`, this one's in detail. */
export const EventsSchema = object({ content: Type.Optional(IdSchema.properties.id) });
/** The events `snapshot` (first, and after each reconnect) and `detail`, once a second. */
export interface SnapshotEvent {
  readonly peer: PeerJson;
  readonly contents: readonly ContentJson[];
  readonly rates: RatesEvent;
}
/** The event `rates`: of the whole peer, bytes a second, the oldest first, up to now. */
export interface RatesEvent {
  readonly stepSec: number;
  readonly down: readonly number[];
  readonly up: readonly number[];
}
export interface DetailEvent {
  readonly content: ContentJson;
  readonly wires: readonly WireJson[];
  readonly files: readonly FileJson[];
}

/** POST /v1/page/codes, POST /v1/page/logins */
export const CodeSchema = object({ code: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }) });
export const LoginSchema = object({ key: Type.String({ description: "goes into the header floodgate-page" }) });
