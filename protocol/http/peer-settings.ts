import { type Static, Type } from "typebox";
import { AmountSchema, object } from "../base/schemas.ts";

/** What a person may set of a running peer, and of one of its contents. Null: no limit. */

const LimitSchema = Type.Union([Type.Null(), Type.Integer({ minimum: 16_384, maximum: 2 ** 40 })], {
  description: "bytes a second",
});
const WiresSchema = Type.Union([Type.Null(), Type.Integer({ minimum: 1, maximum: 10_000 })], {
  description: "most connections",
});
/** Of files that are wanted; each file is matched with each. */
const MAX_PATTERNS = 100;
const MAX_PATTERN = 1_000;
const CapSchema = Type.Union([Type.Null(), AmountSchema]);

const MinuteSchema = Type.Integer({ minimum: 0, maximum: 1439, description: "of the day, by the peer's own clock" });
/** From `from` until `to`, over midnight if that is earlier. A rate that is left out is as ever. */
const PeriodSchema = object({
  from: MinuteSchema,
  to: MinuteSchema,
  uploadLimit: Type.Optional(LimitSchema),
  downloadLimit: Type.Optional(LimitSchema),
});

export const PeerSettingsSchema = object({
  uploadLimit: LimitSchema,
  downloadLimit: LimitSchema,
  /** Of several periods that hold a minute, the first that names a rate decides. */
  schedule: Type.Array(PeriodSchema, { maxItems: 24 }),
  /** Bytes that all downloads together may take; one that needs more is not added. */
  diskQuota: Type.Union([Type.Null(), Type.Integer({ minimum: 0, maximum: 2 ** 50 })]),
  /** Bytes that may be moved in a calendar month (UTC), both ways together, protocol included. */
  monthlyLimit: Type.Union([Type.Null(), Type.Integer({ minimum: 0, maximum: 2 ** 50 })]),
  /** Of all contents together; null: 500. */
  maxWires: WiresSchema,
  /** Most that all downloads may promise, ever and on each day (UTC). */
  maxSpend: CapSchema,
  maxSpendPerDay: CapSchema,
  /** As a seller: content that is cheaper per GiB is downloaded, and not served. */
  minPrice: CapSchema,
});
export type PeerSettings = Static<typeof PeerSettingsSchema>;

/** Null: all. */
export const PatternsSchema = Type.Union([
  Type.Null(),
  Type.Array(Type.String({ minLength: 1, maxLength: MAX_PATTERN }), { minItems: 1, maxItems: MAX_PATTERNS }),
]);

const CacheSchema = Type.Union([Type.Null(), object({ budget: AmountSchema, stopLoss: AmountSchema })], {
  description: "hold and sell what others ask for: most that is ever spent, and most above what came back",
});

export const ContentSettingsSchema = object({
  /** Most that this content may cost, over all runs. */
  maxSpend: CapSchema,
  /** Patterns of the files that are wanted; null: all. */
  files: PatternsSchema,
  /** Its sponsor pays for the download (docs/protocol.md 4.14). */
  isSponsored: Type.Boolean(),
  /** Null: all that is wanted is downloaded. */
  cache: CacheSchema,
  /** Its own, within what all contents have. */
  uploadLimit: LimitSchema,
  downloadLimit: LimitSchema,
  /** Null: 55. */
  maxWires: WiresSchema,
});
export type ContentSettings = Static<typeof ContentSettingsSchema>;
/** What is left out stays as it is. */
export const ContentChangeSchema = Type.Partial(ContentSettingsSchema);
export type ContentChange = Static<typeof ContentChangeSchema>;
