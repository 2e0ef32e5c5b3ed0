import { type Static, Type } from "typebox";
import { MAX_NUMWANT } from "../base/constants.ts";
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
import { AllotmentSchema } from "../signed/allotment-json.ts";
import { MAX_GRANTED_LANES, MAX_MET, MAX_TOP_UP, SharesSchema, ShortageSchema } from "../wire/announce.ts";

/**
 * Routes of operators and the tracker, with the secret in the authority's home (docs/protocol.md
 * 10.5).
 */

/**
 * POST /v1/operator/settle (operator): ask payees to close what is open if `close`, then settle
 * what is ready.
 */
export const SettleSchema = object({ close: Type.Boolean() });
export const BatchSchema = object({
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

/** GET /v1/batches: a page of batches, newest first. */
export const BatchesSchema = object({
  batches: Type.Array(BatchSchema),
  /** Of the next page; null after the last. */
  cursor: Type.Union([Type.String(), Type.Null()]),
});
export type Batches = Static<typeof BatchesSchema>;

/** One announce, as the tracker tells the authority of it. */
const TrackerAnnounceSchema = object({
  infoHash: InfoHashSchema,
  event: Type.Union([
    Type.Literal("started"),
    Type.Literal("completed"),
    Type.Literal("stopped"),
    Type.Literal("update"),
  ]),
  bytesLeft: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  /** Who announces, by the announce token that the tracker has checked; null for a stranger. */
  session: Type.Union([Type.Null(), object({ account: AddressSchema, sessionKey: AddressSchema })]),
  request: Type.Union([
    Type.Null(),
    object({
      requestedAt: TimeSchema,
      topUp: Type.Array(LaneSchema, { maxItems: MAX_TOP_UP }),
      met: Type.Array(AddressSchema, { maxItems: MAX_MET }),
      signature: CompactSignatureSchema,
    }),
  ]),
  /** Session keys of the peers that the tracker is about to hand out. */
  payees: Type.Array(AddressSchema, { maxItems: MAX_NUMWANT }),
});
export type TrackerAnnounce = Static<typeof TrackerAnnounceSchema>;

/** Most announces in one question. */
export const MAX_TRACKER_ANNOUNCES = 64;
/** Bytes of one question, at most. */
export const MAX_TRACKER_QUESTION_BYTES = 512 * 1024;

/**
 * POST /v1/tracker/announces (operator): the tracker asks what it cannot know itself: which
 * torrents there are, and for lanes.
 */
export const TrackerAnnouncesSchema = object({
  announces: Type.Array(TrackerAnnounceSchema, { minItems: 1, maxItems: MAX_TRACKER_ANNOUNCES }),
});

const TrackerGrantSchema = object({
  /** The session's live lanes on the content, ascending. */
  lanes: Type.Array(object({ allotment: AllotmentSchema, payeePublicKey: PublicKeySchema }), {
    maxItems: MAX_GRANTED_LANES,
  }),
  shortage: ShortageSchema,
  /** Live lanes that pay the publisher's share, ascending; absent without one. */
  shares: SharesSchema,
});
export type TrackerGrant = Static<typeof TrackerGrantSchema>;

const TrackerAnswerSchema = Type.Union([
  /** The authority does not know the torrent. */
  object({ isKnown: Type.Literal(false) }),
  object({
    isKnown: Type.Literal(true),
    isPaid: Type.Boolean(),
    sizeBytes: Type.Integer({ minimum: 0 }),
    /** Null for strangers, and on free content. */
    grant: Type.Union([Type.Null(), TrackerGrantSchema]),
  }),
]);
export type TrackerAnswer = Static<typeof TrackerAnswerSchema>;

export const TrackerAnswersSchema = object({
  /** Seconds since 1970: the chain's clock as the authority sees it. */
  now: TimeSchema,
  /** One for each announce, in their order. */
  answers: Type.Array(TrackerAnswerSchema, { maxItems: MAX_TRACKER_ANNOUNCES }),
});
export type TrackerAnswers = Static<typeof TrackerAnswersSchema>;
