import { type Static, Type } from "typebox";
import { AddressSchema, AmountSchema, object, TimeSchema, WalletSignatureSchema } from "../base/schemas.ts";

/** Routes that need no token: what the authority is, and how to log in (docs/protocol.md 10.1). */

/** GET /v1/info */
export const InfoSchema = object({
  version: Type.String(),
  chainId: Type.Integer({ minimum: 1 }),
  contract: AddressSchema,
  deployedAtBlock: Type.Integer({ minimum: 0 }),
  token: object({ address: AddressSchema, symbol: Type.String(), decimals: Type.Integer({ minimum: 0, maximum: 30 }) }),
  trackerUrl: Type.String(),
  /** Keys whose allotments, receipts and certificates are valid now. */
  allotters: Type.Array(AddressSchema),
  operator: AddressSchema,
  feeBps: Type.Integer({ minimum: 0, maximum: 1000 }),
  /**
   * The authority's own money that answers for its allotments, at the authority's confirmed block.
   */
  bond: object({
    amount: AmountSchema,
    /** Part of `amount` that the owner has asked back, and when it may leave at the earliest. */
    withdrawing: AmountSchema,
    withdrawableAt: TimeSchema,
    /** What claims on allotments of the current allotter may take in all, and have taken. */
    budget: AmountSchema,
    spent: AmountSchema,
  }),
  /** A, CW of the contract. */
  allotmentPeriodSec: Type.Integer(),
  claimPeriodSec: Type.Integer(),
  acceptMarginSec: Type.Integer(),
  pushIntervalSec: Type.Integer(),
  payDueSec: Type.Integer(),
  sessionLifetimeSec: Type.Integer(),
  /** The authority's view of the chain's clock. */
  now: TimeSchema,
});
export type Info = Static<typeof InfoSchema>;

/** GET /readyz: 503 while something keeps the authority from a part of its work. */
export const ReadinessSchema = object({
  isReady: Type.Boolean(),
  problems: Type.Array(object({ part: Type.String(), problem: Type.String() })),
});

/**
 * POST /v1/login/nonce: a nonce for one SIWE message of this account, good for ten minutes and one
 * use.
 */
export const NonceRequestSchema = object({ account: AddressSchema });
export const NonceSchema = object({ nonce: Type.String({ minLength: 8, maxLength: 64 }), expiresAt: TimeSchema });

/**
 * POST /v1/login: an EIP-4361 message of the wallet. Domain = a host of the API, chain id = the
 * contract's chain, one resource `urn:floodgate:session:<compressed public key>`. Registers the
 * account at first sight.
 */
export const LoginSchema = object({ message: Type.String({ maxLength: 4096 }), signature: WalletSignatureSchema });
export const LoginReplySchema = object({
  account: AddressSchema,
  sessionKey: AddressSchema,
  accessToken: Type.String({ maxLength: 1024 }),
  /** For announces (docs/protocol.md 6.1), and for nothing else. */
  announceToken: Type.String({ maxLength: 1024 }),
  expiresAt: TimeSchema,
});
export type LoginReply = Static<typeof LoginReplySchema>;

export const SESSION_RESOURCE_PREFIX = "urn:floodgate:session:";

/** The one resource of a login at the operator's desk. */
export const OPERATOR_RESOURCE = "urn:floodgate:operator";
