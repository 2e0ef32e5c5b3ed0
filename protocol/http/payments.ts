import { type Static, Type } from "typebox";
import { MAX_PUSH } from "../base/constants.ts";
import {
  AddressSchema,
  AmountSchema,
  CompactSignatureSchema,
  HashSchema,
  LaneSchema,
  object,
  TimeSchema,
  WalletSignatureSchema,
} from "../base/schemas.ts";
import { AllotmentSchema } from "../signed/allotment-json.ts";
import { MAX_STATEMENT_LANES } from "../signed/statement.ts";

/**
 * Routes of vouchers, statements, complaints and withdrawals, with the access token of `login`
 * (docs/protocol.md 10.4).
 */

/**
 * POST /v1/vouchers (access of the payee): best voucher per lane; `final` says that the payee
 * closed the lane. An empty push only asks which lanes the authority wants closed.
 */
export const PushSchema = object({
  vouchers: Type.Array(
    object({
      payer: AddressSchema,
      lane: LaneSchema,
      amount: AmountSchema,
      signature: CompactSignatureSchema,
      final: Type.Boolean(),
      /** Of a lane that the authority has called LANE_UNKNOWN: it has signed this, and lost it. */
      allotment: Type.Optional(AllotmentSchema),
    }),
    { maxItems: MAX_PUSH },
  ),
});
export type Push = Static<typeof PushSchema>;

/**
 * One result per voucher, in order: a receipt (the authority stored it durably), or why not. A
 * refused voucher never blocks others.
 */
export const PushReplySchema = object({
  results: Type.Array(
    Type.Union([
      object({
        payer: AddressSchema,
        lane: LaneSchema,
        amount: AmountSchema,
        receivedAt: TimeSchema,
        signature: CompactSignatureSchema,
      }),
      object({ payer: AddressSchema, lane: LaneSchema, code: Type.String() }),
    ]),
  ),
  /** Lanes of this payee that the authority asks it to close: push them once more with `final`. */
  close: Type.Array(object({ payer: AddressSchema, lane: LaneSchema }), { maxItems: MAX_PUSH }),
  /**
   * How often the authority was restored from a copy. When it grows, receipts from before may be of
   * vouchers that it has lost: payees push all that may still be settled once more.
   */
  restores: Type.Integer({ minimum: 0 }),
});
export type PushReply = Static<typeof PushReplySchema>;

/**
 * POST /v1/complaints (access of the payee): the payer of this lane has left pieces unpaid.
 * `amount` and `signature`: the highest voucher; 0 and null without one. `unpaidBytes`: what the
 * payee says it has served beyond. A hint that may lower the payer's credit, never a ban. One for
 * each lane: a second one changes nothing.
 */
export const ComplaintSchema = object({
  payer: AddressSchema,
  lane: LaneSchema,
  amount: AmountSchema,
  signature: Type.Union([Type.Null(), CompactSignatureSchema]),
  unpaidBytes: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
});
export type Complaint = Static<typeof ComplaintSchema>;

export const ComplaintReplySchema = object({ payer: AddressSchema, lane: LaneSchema, createdAt: TimeSchema });
export type ComplaintReply = Static<typeof ComplaintReplySchema>;

const StatementLaneSchema = object({ payee: AddressSchema, lane: LaneSchema, amount: AmountSchema });
const StatementLanesSchema = Type.Array(StatementLaneSchema, { maxItems: MAX_STATEMENT_LANES });

/**
 * GET /v1/statement (access of the payer): finished lanes of this session key that the authority
 * would settle by one signature, ascending, each with the amount of the voucher that the authority
 * holds; no lanes when there is nothing to sign now.
 */
export const StatementOfferSchema = object({ payer: AddressSchema, lanes: StatementLanesSchema });
export type StatementOffer = Static<typeof StatementOfferSchema>;

/**
 * POST /v1/statement (access of the payer): the session key's signature over Statement(payer,
 * lanesHash) of exactly these lanes. The authority has stored it when it answers with what is to be
 * signed next. The same statement again changes nothing.
 */
export const StatementSchema = object({ lanes: StatementLanesSchema, signature: CompactSignatureSchema });
export type StatementBody = Static<typeof StatementSchema>;

/**
 * POST /v1/withdrawals (access): relays the wallet's Withdrawal; after the delay the authority also
 * sends `withdrawFor`. With `isNow` the authority adds its Release and relays `withdrawNowFor`
 * instead: 402 RELEASE_REFUSED when live lanes need the money.
 */
export const WithdrawalSchema = object({
  to: AddressSchema,
  amount: AmountSchema,
  deadline: TimeSchema,
  nonce: AmountSchema,
  signature: WalletSignatureSchema,
  isNow: Type.Optional(Type.Literal(true)),
});

/** GET /v1/withdrawals/:id (access) */
export const WithdrawalReplySchema = object({
  id: Type.String(),
  to: AddressSchema,
  amount: AmountSchema,
  /**
   * requesting -> waiting (for `withdrawableAt`) -> paying -> paid; with `isNow` releasing -> paid;
   * or replaced, failed
   */
  state: Type.Union([
    Type.Literal("requesting"),
    Type.Literal("waiting"),
    Type.Literal("paying"),
    Type.Literal("releasing"),
    Type.Literal("paid"),
    Type.Literal("replaced"),
    Type.Literal("failed"),
  ]),
  reason: Type.Union([Type.Null(), Type.String()]),
  withdrawableAt: Type.Union([Type.Null(), TimeSchema]),
  txHash: Type.Union([Type.Null(), HashSchema]),
});
export type WithdrawalReply = Static<typeof WithdrawalReplySchema>;
