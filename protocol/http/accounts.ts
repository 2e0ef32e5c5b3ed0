import { type Static, Type } from "typebox";
import {
  AddressSchema,
  AmountSchema,
  HashSchema,
  InfoHashSchema,
  LaneSchema,
  object,
  TimeSchema,
  WalletSignatureSchema,
} from "../base/schemas.ts";

/** Routes of an account, with the access token of `login` (docs/protocol.md 10.2). */

/**
 * POST /v1/deposits (access, header Idempotency-Key): charge the card, then fund the account
 * on-chain.
 */
export const DepositSchema = object({ amount: AmountSchema, card: Type.String({ pattern: "^[0-9]{12,19}$" }) });

/** GET /v1/deposits/:id (access): by its id, or by the Idempotency-Key of its request. */
export const DepositReplySchema = object({
  id: Type.String(),
  amount: AmountSchema,
  /**
   * charging -> charged -> sent -> credited, which is final on-chain. `declined` and `failed`: the
   * card was not charged. charged -> refunding -> refunded: the money could not be credited, and
   * goes back to the card. Whoever was charged ends as credited or refunded.
   */
  state: Type.Union([
    Type.Literal("charging"),
    Type.Literal("charged"),
    Type.Literal("sent"),
    Type.Literal("credited"),
    Type.Literal("declined"),
    Type.Literal("failed"),
    Type.Literal("refunding"),
    Type.Literal("refunded"),
  ]),
  reason: Type.Union([Type.Null(), Type.String()]),
  txHash: Type.Union([Type.Null(), HashSchema]),
});
export type DepositReply = Static<typeof DepositReplySchema>;

/**
 * POST /v1/sessions (access): the authority relays the wallet's SessionAuthorization. 402 when the
 * account has no deposit.
 */
export const SessionSchema = object({
  sessionKey: AddressSchema,
  limit: AmountSchema,
  expiresAt: TimeSchema,
  signature: WalletSignatureSchema,
});

/** GET /v1/sessions/:sessionKey (access) */
export const SessionReplySchema = object({
  sessionKey: AddressSchema,
  /** pending until the relayed transaction is confirmed */
  state: Type.Union([Type.Literal("pending"), Type.Literal("active"), Type.Literal("revoked"), Type.Literal("failed")]),
  limit: AmountSchema,
  spent: AmountSchema,
  expiresAt: TimeSchema,
  txHash: Type.Union([Type.Null(), HashSchema]),
});
export type SessionReply = Static<typeof SessionReplySchema>;

/** POST /v1/logout (access): revokes the access tokens of one of the account's sessions. */
export const LogoutSchema = object({ sessionKey: AddressSchema });
export const LogoutReplySchema = object({ sessionKey: AddressSchema, revokedAt: TimeSchema });
export type LogoutReply = Static<typeof LogoutReplySchema>;

/** GET /v1/account (access): read at one confirmed block. */
export const AccountSchema = object({
  account: AddressSchema,
  block: Type.Integer(),
  balance: AmountSchema,
  withdrawing: AmountSchema,
  withdrawableAt: TimeSchema,
  /** Reserved for live lanes and open releases; `free` = balance - withdrawing - reserved. */
  reserved: AmountSchema,
  free: AmountSchema,
  /**
   * Vouchers that the authority holds for this account as payee and has not settled (gross of the
   * fee).
   */
  unsettled: AmountSchema,
  /** Settled to this account as payee, net of the fee, and the fee taken. */
  earned: AmountSchema,
  fees: AmountSchema,
  /** Settled from this account as payer. */
  paid: AmountSchema,
  /** Vouchers of this account as payer that the authority holds and has not settled. */
  owing: AmountSchema,
  /** The contract's `nonces(account)`, for the next Withdrawal. */
  withdrawalNonce: AmountSchema,
});
export type AccountReply = Static<typeof AccountSchema>;

/** GET /v1/account/lanes (access): the account's lanes, newest first; `cursor` is opaque. */
const AccountLaneSchema = object({
  role: Type.Union([Type.Literal("payer"), Type.Literal("payee")]),
  payer: AddressSchema,
  payee: AddressSchema,
  lane: LaneSchema,
  infoHash: InfoHashSchema,
  cap: AmountSchema,
  amount: AmountSchema,
  state: Type.Union([
    Type.Literal("open"),
    Type.Literal("closed"),
    Type.Literal("settling"),
    Type.Literal("settled"),
    Type.Literal("skipped"),
    Type.Literal("expired"),
  ]),
  reason: Type.Union([Type.Null(), Type.String()]),
  batch: Type.Union([Type.Null(), Type.Integer()]),
  expiresAt: TimeSchema,
});
export const AccountLanesSchema = object({
  lanes: Type.Array(AccountLaneSchema),
  cursor: Type.Union([Type.Null(), Type.String()]),
});
export type AccountLanes = Static<typeof AccountLanesSchema>;
