import { type Static, type TSchema, Type } from "typebox";
import { MAX_PUSH, MAX_TITLE } from "../base/constants.ts";
import { MAX_STATEMENT_LANES } from "../signed/statement.ts";
import { AnnounceGrantSchema, MAX_MET, MAX_TOP_UP } from "../wire/announce.ts";
import {
  AddressSchema,
  AmountSchema,
  CompactSignatureSchema,
  HashSchema,
  InfoHashSchema,
  LaneSchema,
  PublicKeySchema,
  TimeSchema,
  WalletSignatureSchema,
} from "./schemas.ts";

/**
 * T's HTTP routes: the single source for both sides. Field names are those of the signed structs. Errors are
 * RFC 9457 problems (`application/problem+json`) of shape ProblemSchema. Routes marked `access` take the access
 * token of `login`, those marked `operator` the secret in T's home, both as `Authorization: Bearer`.
 */

const object = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
});
export type Problem = Static<typeof ProblemSchema>;

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
  /** T's own money that answers for its allotments, at T's confirmed block. */
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
  /** T's view of the chain's clock. */
  now: TimeSchema,
});
export type Info = Static<typeof InfoSchema>;

/** POST /v1/login/nonce: a nonce for one SIWE message, good for ten minutes and one use. */
export const NonceSchema = object({ nonce: Type.String({ minLength: 8, maxLength: 64 }), expiresAt: TimeSchema });

/**
 * POST /v1/login: an EIP-4361 message of the wallet. Domain = host of the API, chain id = the contract's chain,
 * one resource `urn:floodgate:session:<compressed public key>`. Registers the account at first sight.
 */
export const LoginSchema = object({ message: Type.String({ maxLength: 4096 }), signature: WalletSignatureSchema });
export const LoginReplySchema = object({
  account: AddressSchema,
  sessionKey: AddressSchema,
  accessToken: Type.String({ maxLength: 1024 }),
  expiresAt: TimeSchema,
});
export type LoginReply = Static<typeof LoginReplySchema>;
export const SESSION_RESOURCE_PREFIX = "urn:floodgate:session:";

/** POST /v1/deposits (access, header Idempotency-Key): charge the card, then fund the account on-chain. */
export const DepositSchema = object({ amount: AmountSchema, card: Type.String({ pattern: "^[0-9]{12,19}$" }) });
/** GET /v1/deposits/:id (access) */
export const DepositReplySchema = object({
  id: Type.String(),
  amount: AmountSchema,
  /** charging -> charged -> sent -> credited; or declined, failed. `credited` is final on-chain. */
  state: Type.Union([
    Type.Literal("charging"),
    Type.Literal("charged"),
    Type.Literal("sent"),
    Type.Literal("credited"),
    Type.Literal("declined"),
    Type.Literal("failed"),
  ]),
  reason: Type.Union([Type.Null(), Type.String()]),
  txHash: Type.Union([Type.Null(), HashSchema]),
});
export type DepositReply = Static<typeof DepositReplySchema>;

/** POST /v1/sessions (access): T relays the wallet's SessionAuthorization. 402 when the account has no deposit. */
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
  /** Vouchers that T holds for this account as payee and has not settled (gross of the fee). */
  unsettled: AmountSchema,
  /** Settled to this account as payee, net of the fee, and the fee taken. */
  earned: AmountSchema,
  fees: AmountSchema,
  /** Settled from this account as payer. */
  paid: AmountSchema,
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

/** POST /v1/torrents?title=..&pricePerGiB=.. (access): body is the .torrent file, `application/x-bittorrent`. */
export const PublishQuerySchema = object({
  title: Type.String({ minLength: 1, maxLength: MAX_TITLE }),
  pricePerGiB: AmountSchema,
});
export const TorrentSchema = object({
  infoHash: InfoHashSchema,
  title: Type.String(),
  sizeBytes: Type.Integer({ minimum: 1 }),
  pieceLength: Type.Integer({ minimum: 1 }),
  pieceCount: Type.Integer({ minimum: 1 }),
  pricePerGiB: AmountSchema,
  publisher: AddressSchema,
  publishedAt: TimeSchema,
});
export type TorrentReply = Static<typeof TorrentSchema>;
/** GET /v1/torrents?query=..&limit=..&cursor=..; GET /v1/torrents/:infoHash; GET /v1/torrents/:infoHash/metainfo */
export const SearchQuerySchema = object({
  query: Type.Optional(Type.String({ maxLength: MAX_TITLE })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 128 })),
});
export const TorrentsSchema = object({
  torrents: Type.Array(TorrentSchema),
  cursor: Type.Union([Type.Null(), Type.String()]),
});
export type Torrents = Static<typeof TorrentsSchema>;

/**
 * POST /v1/vouchers (access of the payee): best voucher per lane; `final` says that the payee closed the lane. An empty
 * push only asks which lanes T wants closed.
 */
export const PushSchema = object({
  vouchers: Type.Array(
    object({
      payer: AddressSchema,
      lane: LaneSchema,
      amount: AmountSchema,
      signature: CompactSignatureSchema,
      final: Type.Boolean(),
    }),
    { maxItems: MAX_PUSH },
  ),
});
export type Push = Static<typeof PushSchema>;
/** One result per voucher, in order: a receipt (T stored it durably), or why not. A refused voucher never blocks others. */
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
  /** Lanes of this payee that T asks it to close: push them once more with `final`. */
  close: Type.Array(object({ payer: AddressSchema, lane: LaneSchema }), { maxItems: MAX_PUSH }),
});
export type PushReply = Static<typeof PushReplySchema>;

/**
 * POST /v1/complaints (access of the payee): the payer of this lane has left pieces unpaid. `amount` and `signature`: the
 * highest voucher; 0 and null without one. `unpaidBytes`: what the payee says it has served beyond. A hint that
 * may lower the payer's credit, never a ban. One for each lane: the same again changes nothing.
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
 * GET /v1/statement (access of the payer): finished lanes of this session key that T would settle by one signature,
 * ascending, each with the amount of the voucher that T holds; no lanes when there is nothing to sign now.
 */
export const StatementOfferSchema = object({ payer: AddressSchema, lanes: StatementLanesSchema });
export type StatementOffer = Static<typeof StatementOfferSchema>;

/**
 * POST /v1/statement (access of the payer): the session key's signature over Statement(payer, lanesHash) of exactly
 * these lanes. T has stored it when it answers with what is to be signed next. The same statement again changes nothing.
 */
export const StatementSchema = object({ lanes: StatementLanesSchema, signature: CompactSignatureSchema });
export type StatementBody = Static<typeof StatementSchema>;

/**
 * POST /v1/withdrawals (access): T relays the wallet's Withdrawal; after the delay T also sends `withdrawFor`. With
 * `isNow` T adds its Release and relays `withdrawNowFor` instead: 402 RELEASE_REFUSED when live lanes need the money.
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
  /** requesting -> waiting (for `withdrawableAt`) -> paying -> paid; with `isNow` releasing -> paid; or replaced, failed */
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

/** POST /v1/operator/settle (operator): ask payees to close what is open if `close`, then settle what is ready. */
export const SettleSchema = object({ close: Type.Boolean() });
const BatchSchema = object({
  /** What its rows prove their amounts with. */
  kind: Type.Union([Type.Literal("vouchers"), Type.Literal("statements")]),
  /** What made T settle: the first that held of an operator's wish, a payer that takes its money away, a claim window that closes, a full batch, the sum at risk, and age. */
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
  /** As the transaction's: decided, signed and stored, sent, in a block, in a confirmed block; or failed. */
  state: Type.Union([
    Type.Literal("intent"),
    Type.Literal("stored"),
    Type.Literal("sent"),
    Type.Literal("seen"),
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
 * GET /v1/bundles?cursor=..: audit bundles, newest first; GET /v1/bundles/:name: one, `application/jsonl` (README.md), in ranges if asked;
 * GET /v1/bundles/:name/metainfo: its .torrent file, free for any BitTorrent client.
 */
export const BundlesSchema = object({
  bundles: Type.Array(
    object({
      name: HashSchema,
      previous: HashSchema,
      /** The contract's number of the batch that names it; null without one, or not yet final. */
      batch: Type.Union([Type.Null(), Type.Integer()]),
      bytes: Type.Integer({ minimum: 1 }),
    }),
  ),
  cursor: Type.Union([Type.Null(), Type.String()]),
});
export type Bundles = Static<typeof BundlesSchema>;

/** POST /v1/tracker/announce (operator): the tracker asks T whether a peer may join, and for its allotments. */
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
    /** Who announces: null for strangers on free torrents. */
    sessionKey: Type.Union([Type.Null(), AddressSchema]),
    publicKey: Type.Union([Type.Null(), PublicKeySchema]),
    grant: Type.Union([Type.Null(), AnnounceGrantSchema]),
  }),
]);
export type TrackerAnnounceReply = Static<typeof TrackerAnnounceReplySchema>;
