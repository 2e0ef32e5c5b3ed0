import { type Static, Type } from "typebox";
import {
  AddressSchema,
  AmountSchema,
  CompactSignatureSchema,
  HashSchema,
  InfoHashSchema,
  LaneSchema,
  object,
  PublicKeySchema,
  TimeSchema,
} from "../base/schemas.ts";
import { AnnounceGrantSchema, MAX_MET, MAX_TOP_UP } from "../wire/announce.ts";

/**
 * Routes of operators and the tracker, with the secret in the authority's home (docs/protocol.md
 * 10.5).
 */

/**
 * POST /v1/operator/settle (operator): ask payees to close what is open if `close`, then settle
 * what is ready.
 */
export const SettleSchema = object({ close: Type.Boolean() });
const BatchSchema = object({
  /** What its rows prove their amounts with. */
  kind: Type.Union([Type.Literal("vouchers"), Type.Literal("statements")]),
  /**
   * What made the authority settle: the first that held of an operator's wish, a payer that takes
   * its money away, a claim period that ends, a full batch, the sum at risk, and age.
   */
  reason: Type.Union([
    Type.Literal("forced"),
    Type.Literal("leaving"),
    Type.Literal("deadline"),
    Type.Literal("full"),
    Type.Literal("value"),
    Type.Literal("age"),
  ]),
  /** The contract's batch number; null until the transaction is seen. */
  batch: Type.Union([Type.Null(), Type.Integer()]),
  /**
   * As the transaction's: decided, signed and stored, sent, in a block, in a confirmed block; or
   * failed.
   */
  state: Type.Union([
    Type.Literal("intent"),
    Type.Literal("signed"),
    Type.Literal("sent"),
    Type.Literal("mined"),
    Type.Literal("final"),
    Type.Literal("failed"),
  ]),
  txHash: Type.Union([Type.Null(), HashSchema]),
  rows: Type.Integer(),
  skipped: Type.Integer(),
  total: AmountSchema,
  fee: AmountSchema,
  gasUsed: Type.Union([Type.Null(), AmountSchema]),
});
export type BatchReply = Static<typeof BatchSchema>;

export const SettleReplySchema = object({
  batches: Type.Array(BatchSchema),
  /** Lanes with vouchers that are in no batch, by what they wait for. */
  waiting: object({
    /** The payee's last voucher, or the end of the allotment. */
    open: Type.Integer(),
    /** Nothing: too small to settle; their payees may `claim`. */
    dust: Type.Integer(),
    /** The payer's statement. */
    statement: Type.Integer(),
    /** Other lanes to share a batch with. */
    company: Type.Integer(),
  }),
});
export type SettleReply = Static<typeof SettleReplySchema>;

/** GET /v1/batches: all batches, newest first. */
export const BatchesSchema = object({ batches: Type.Array(BatchSchema) });

/**
 * POST /v1/tracker/announce (operator): the tracker asks the authority whether a peer may join, and
 * for its allotments.
 */
export const TrackerAnnounceSchema = object({
  infoHash: InfoHashSchema,
  event: Type.Union([
    Type.Literal("started"),
    Type.Literal("completed"),
    Type.Literal("stopped"),
    Type.Literal("update"),
  ]),
  bytesLeft: Type.Integer({ minimum: 0 }),
  accessToken: Type.Union([Type.Null(), Type.String({ maxLength: 1024 })]),
  request: Type.Union([
    Type.Null(),
    object({
      requestedAt: TimeSchema,
      topUp: Type.Array(LaneSchema, { maxItems: MAX_TOP_UP }),
      met: Type.Array(AddressSchema, { maxItems: MAX_MET }),
      signature: CompactSignatureSchema,
    }),
  ]),
  /** Session keys of the peers that the tracker is about to hand out, with where it saw them. */
  payees: Type.Array(
    object({
      sessionKey: AddressSchema,
      host: Type.String({ maxLength: 45 }),
      port: Type.Integer({ minimum: 1, maximum: 65535 }),
    }),
    { maxItems: 50 },
  ),
});
export type TrackerAnnounce = Static<typeof TrackerAnnounceSchema>;

export const TrackerAnnounceReplySchema = Type.Union([
  /** `failureReason` goes to the peer word for word. */
  object({ admitted: Type.Literal(false), failureReason: Type.String() }),
  object({
    admitted: Type.Literal(true),
    isPaid: Type.Boolean(),
    /** The session that announces; null for a stranger on a free torrent. */
    sessionKey: Type.Union([Type.Null(), AddressSchema]),
    publicKey: Type.Union([Type.Null(), PublicKeySchema]),
    grant: Type.Union([Type.Null(), AnnounceGrantSchema]),
  }),
]);
export type TrackerAnnounceReply = Static<typeof TrackerAnnounceReplySchema>;
