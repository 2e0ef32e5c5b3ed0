import { type Static, Type } from "typebox";
import {
  AddressSchema,
  AmountSchema,
  CompactSignatureSchema,
  HashSchema,
  InfoHashSchema,
  LaneSchema,
  object,
  TimeSchema,
} from "../base/schemas.ts";
import { AllotmentSchema } from "../signed/allotment-json.ts";
import { DepositReplySchema } from "./accounts.ts";
import { BatchSchema } from "./operator.ts";
import { WithdrawalReplySchema } from "./payments.ts";

/**
 * Routes that tell an account where each amount is, why, and what comes next, with the access token
 * of `login` (docs/protocol.md 10.2). All are lists, newest first; `cursor` is opaque.
 */

const Cursor = Type.Union([Type.Null(), Type.String()]);

const PlaceSchema = Type.Union([
  /** Reserved for a payee up to the cap: no voucher has come. */
  Type.Literal("allotted"),
  /** The authority holds a voucher of `amount`, and has given a receipt. */
  Type.Literal("accepted"),
  /** In a batch or claim that is decided or sent. */
  Type.Literal("batched"),
  Type.Literal("mined"),
  Type.Literal("final"),
  /** The contract paid nothing, or less, for `reason`. */
  Type.Literal("skipped"),
  /** It ended without a voucher: nothing was owed. */
  Type.Literal("expired"),
]);

const WaitSchema = Type.Union([
  Type.Literal("voucher"),
  /** The payee closes the lane, or it ends. */
  Type.Literal("end"),
  /** The payer's signature over many lanes at once. */
  Type.Literal("statement"),
  /** Other lanes, which share the cost of a batch. */
  Type.Literal("company"),
  /** Too small for a batch: the payee may claim it. */
  Type.Literal("claim"),
  /** A block that holds the transaction. */
  Type.Literal("block"),
  /** Blocks after it. */
  Type.Literal("confirmations"),
]);

/** One lane: an amount of money on its way between two accounts. */
const TimelineLaneSchema = object({
  role: Type.Union([Type.Literal("payer"), Type.Literal("payee")]),
  payer: AddressSchema,
  payee: AddressSchema,
  lane: LaneSchema,
  infoHash: InfoHashSchema,
  /** Null: the repository does not have it. */
  title: Type.Union([Type.Null(), Type.String()]),
  cap: AmountSchema,
  /** Of the highest voucher; "0" without one. */
  amount: AmountSchema,
  /** By the contract, in final blocks; `fee` is part of it. */
  paid: AmountSchema,
  fee: AmountSchema,
  place: PlaceSchema,
  reason: Type.Union([Type.Null(), Type.String()]),
  waitsFor: Type.Union([Type.Null(), WaitSchema]),
  /** The wait ends then at the latest; null: nobody can say. */
  waitsUntil: Type.Union([Type.Null(), TimeSchema]),
  /** Time of the block at which it was allotted, of the receipt, of the lane's end. */
  allottedAt: TimeSchema,
  acceptedAt: Type.Union([Type.Null(), TimeSchema]),
  expiresAt: TimeSchema,
  /** The contract's number of the batch, once it is final. */
  batch: Type.Union([Type.Null(), Type.Integer()]),
  txHash: Type.Union([Type.Null(), HashSchema]),
});
export type TimelineLane = Static<typeof TimelineLaneSchema>;

/** GET /v1/account/timeline (access) */
export const TimelineSchema = object({ lanes: Type.Array(TimelineLaneSchema), cursor: Cursor });
export type Timeline = Static<typeof TimelineSchema>;

/** GET /v1/account/timeline/:payer/:lane (access of payer or payee): the papers of one lane. */
export const LanePapersSchema = object({
  lane: TimelineLaneSchema,
  allotment: AllotmentSchema,
  voucher: Type.Union([Type.Null(), object({ amount: AmountSchema, signature: CompactSignatureSchema })]),
  receipt: Type.Union([Type.Null(), object({ receivedAt: TimeSchema, signature: CompactSignatureSchema })]),
  /** `row`: over all groups of the batch, from 0. */
  batch: Type.Union([Type.Null(), object({ ...BatchSchema.properties, row: Type.Integer() })]),
});
export type LanePapers = Static<typeof LanePapersSchema>;

/**
 * GET /v1/deposits (access): by card, and what anyone has paid in on-chain. Those have the id that
 * the contract knows, or transaction and place where it was given none.
 */
export const DepositsSchema = object({
  deposits: Type.Array(
    object({
      ...DepositReplySchema.properties,
      by: Type.Union([Type.Literal("card"), Type.Literal("chain")]),
      /** Who has called the contract: a wallet, or the Depositor; null: a card was charged. */
      from: Type.Union([Type.Null(), AddressSchema]),
      createdAt: TimeSchema,
    }),
  ),
  cursor: Cursor,
});
export type Deposits = Static<typeof DepositsSchema>;

/**
 * GET /v1/account/permit (access): what a wallet must know to pay in by the token's permit
 * (ERC-2612) and the Depositor, which it calls itself. Null: this token or deployment has none.
 */
export const PermitSchema = object({
  permit: Type.Union([
    Type.Null(),
    object({
      depositor: AddressSchema,
      token: AddressSchema,
      /** Of the token's EIP-712 domain. */
      name: Type.String(),
      version: Type.String(),
      nonce: AmountSchema,
      /** What the wallet has outside of the contract. */
      tokens: AmountSchema,
    }),
  ]),
});
export type PermitReply = Static<typeof PermitSchema>;

/** GET /v1/withdrawals (access) */
export const WithdrawalsSchema = object({
  withdrawals: Type.Array(object({ ...WithdrawalReplySchema.properties, createdAt: TimeSchema })),
  cursor: Cursor,
});
export type Withdrawals = Static<typeof WithdrawalsSchema>;

/**
 * GET /v1/sessions (access): the newest session keys that have logged in to this account. `state`:
 * of the contract's authorization; none: it may spend nothing.
 */
export const SessionsSchema = object({
  sessions: Type.Array(
    object({
      sessionKey: AddressSchema,
      createdAt: TimeSchema,
      isOnline: Type.Boolean(),
      /** It has logged out, or was logged out. */
      isLoggedOut: Type.Boolean(),
      state: Type.Union([
        Type.Literal("none"),
        Type.Literal("pending"),
        Type.Literal("active"),
        Type.Literal("expired"),
        Type.Literal("revoked"),
        Type.Literal("failed"),
      ]),
      limit: AmountSchema,
      spent: AmountSchema,
      expiresAt: TimeSchema,
    }),
  ),
});
export type Sessions = Static<typeof SessionsSchema>;
