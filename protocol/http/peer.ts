import { type Static, Type } from "typebox";
import { AddressSchema, AmountSchema, InfoHashSchema, object } from "../base/schemas.ts";
import { ContentChangeSchema, ContentSettingsSchema, PeerSettingsSchema } from "./peer-settings.ts";

/** What the API of a running peer takes and gives. Amounts are base units; rates bytes a second. */

export const CountSchema = Type.Integer({ minimum: 0 });
const PathSchema = Type.String({ minLength: 1, maxLength: 4096, description: "absolute path" });

export const IdSchema = object({ id: Type.String({ pattern: "^[0-9a-f]{8,40}$" }) });

const ObstacleSchema = object({
  payeeKey: AddressSchema,
  reason: Type.String(),
  until: Type.Union([Type.Null(), Type.Integer()]),
  isFinal: Type.Boolean(),
});

const ReasonSchema = object({
  code: Type.String({ description: "for programs" }),
  text: Type.String(),
  advice: Type.String(),
  /** When it ends by itself, seconds since 1970. */
  until: Type.Union([Type.Null(), Type.Integer()]),
  /** Nothing goes on until its owner does something. */
  isBlocking: Type.Boolean(),
});

export const ContentSchema = object({
  infoHash: InfoHashSchema,
  title: Type.String(),
  pricePerGiB: AmountSchema,
  pieceLength: CountSchema,
  place: Type.Union([Type.Literal("download"), Type.Literal("seed")]),
  path: Type.String(),
  state: Type.Union([
    Type.Literal("paused"),
    Type.Literal("checking"),
    Type.Literal("downloading"),
    Type.Literal("caching"),
    Type.Literal("seeding"),
    Type.Literal("limited"),
    Type.Literal("failed"),
  ]),
  /** Why it failed. */
  problem: Type.Union([Type.Null(), object({ code: Type.String(), message: Type.String() })]),
  bytesDone: CountSchema,
  sizeBytes: CountSchema,
  rateDown: CountSchema,
  rateUp: CountSchema,
  peers: CountSchema,
  /** Over all runs. */
  paid: AmountSchema,
  earned: AmountSchema,
  settings: ContentSettingsSchema,
  /** What the spending caps leave, below zero when they were lowered; null: none is set. */
  spendLeft: Type.Union([Type.Null(), Type.String({ pattern: "^-?[0-9]+$" })]),
  /** Why it is slow or stands still, the weightiest first, and what its owner can do. */
  reasons: Type.Array(ReasonSchema),
  /** Why nothing comes, if nothing comes. */
  outlook: object({
    obstacles: Type.Array(ObstacleSchema),
    sellers: CountSchema,
    /** Pieces that were asked of payees and have not come yet. */
    requested: CountSchema,
    shortage: Type.Union([Type.Null(), Type.String()]),
  }),
});
export type ContentJson = Static<typeof ContentSchema>;

export const ContentsSchema = object({ contents: Type.Array(ContentSchema) });

/** POST /v1/contents: `directory` downloads into it, `file` seeds what is there. */
export const AddSchema = object({
  /** Infohash, or its first 8 digits or more. */
  id: Type.String({ pattern: "^[0-9a-f]{8,40}$" }),
  directory: Type.Optional(PathSchema),
  file: Type.Optional(PathSchema),
  /** Refuse content that costs more per GiB. */
  maxPrice: Type.Optional(AmountSchema),
  settings: Type.Optional(ContentChangeSchema),
});
export type AddBody = Static<typeof AddSchema>;

/** PATCH /v1/contents/:id: what is there changes. */
export const ChangeSchema = object({
  isPaused: Type.Optional(Type.Boolean()),
  /** The files of a download go there. */
  directory: Type.Optional(PathSchema),
  settings: Type.Optional(ContentChangeSchema),
});
export type ChangeBody = Static<typeof ChangeSchema>;

export const RemoveSchema = object({ data: Type.Optional(Type.Boolean()) });

/** Ports at the router, for a peer that asked for them. */
const PortMappingSchema = object({
  state: Type.Union([Type.Literal("searching"), Type.Literal("mapped"), Type.Literal("failed")]),
  /** The router's address on its other side. */
  externalHost: Type.Union([Type.Null(), Type.String()]),
  /** What is wrong, and what to do. */
  problem: Type.Union([Type.Null(), Type.String()]),
});
export type PortMappingView = Static<typeof PortMappingSchema>;

/** GET /v1/peer */
export const PeerSchema = object({
  version: Type.String(),
  account: AddressSchema,
  token: object({ address: AddressSchema, symbol: Type.String(), decimals: CountSchema }),
  torrentPort: CountSchema,
  voucherPort: CountSchema,
  /** Null: it was not asked for. */
  portMapping: Type.Union([Type.Null(), PortMappingSchema]),
  /** Seconds that it has run. */
  uptimeSec: CountSchema,
  contents: CountSchema,
  rateDown: CountSchema,
  rateUp: CountSchema,
  /** Of this run. */
  bytesDown: CountSchema,
  bytesUp: CountSchema,
  paid: AmountSchema,
  earned: AmountSchema,
  /** Of this calendar month (UTC), over all runs. */
  month: object({
    bytesDown: CountSchema,
    bytesUp: CountSchema,
    /** Seconds since 1970. */
    endsAt: Type.Integer(),
    /** Nothing is moved until then. */
    isUsedUp: Type.Boolean(),
  }),
  /** Where downloads go unless another directory is chosen. */
  directory: PathSchema,
  settings: PeerSettingsSchema,
});
export type PeerJson = Static<typeof PeerSchema>;

/** PATCH /v1/peer */
export const PeerChangeSchema = Type.Partial(PeerSettingsSchema, { additionalProperties: false });
export type PeerChange = Static<typeof PeerChangeSchema>;

/** GET /v1/earnings */
export const EarningsQuerySchema = object({
  by: Type.Union([Type.Literal("content"), Type.Literal("day"), Type.Literal("counterparty")]),
});
export const EarningsSchema = object({
  rows: Type.Array(
    object({
      /** Infohash, day (UTC) or account. */
      key: Type.String(),
      title: Type.Union([Type.Null(), Type.String()]),
      paid: AmountSchema,
      earned: AmountSchema,
      /** Of a day: what is due on it. */
      unsettled: AmountSchema,
      /** When the last of `unsettled` is due, seconds since 1970. */
      dueAt: Type.Union([Type.Null(), Type.Integer()]),
    }),
  ),
  /** As the authority has them: settled after fees, and not yet settled before them. */
  settled: AmountSchema,
  fees: AmountSchema,
  unsettled: AmountSchema,
});
export type EarningsJson = Static<typeof EarningsSchema>;

/** GET /v1/why/:what */
export const WhatSchema = object({ what: Type.String({ minLength: 1, maxLength: 128 }) });
export const WaysSchema = object({
  lanes: Type.Array(
    object({
      payer: AddressSchema,
      payee: AddressSchema,
      lane: Type.Integer(),
      infoHash: InfoHashSchema,
      role: Type.Union([Type.Literal("payer"), Type.Literal("payee")]),
      amount: AmountSchema,
      steps: Type.Array(
        object({
          name: Type.String({ description: "pieces, voucher, receipt, batch, final" }),
          isDone: Type.Boolean(),
          text: Type.String(),
        }),
      ),
      next: Type.String(),
    }),
  ),
});
export type WaysJson = Static<typeof WaysSchema>;
