import type { ErrorCode } from "../../../protocol/base/error-codes.ts";

interface RouteWords {
  readonly summary: string;
  /** Beside those that every route of its kind has. */
  readonly errors: readonly ErrorCode[];
}

/**
 * What the schemas do not say of a route. The generator fails when a route is missing here, or is
 * not one.
 */
export const ROUTES: Readonly<Record<string, RouteWords>> = {
  "GET /v1/info": { summary: "What the authority is: its chain, contract, keys, parameters and bond.", errors: [] },
  "GET /v1/health": {
    summary: "Whether the authority answers, how far it sees the chain, and whether all of it works: /readyz.",
    errors: [],
  },
  "GET /readyz": {
    summary: "200 when all of the authority's work goes on; 503 with what does not, and what to do.",
    errors: [],
  },
  "POST /v1/login/nonce": { summary: "A nonce for one login, good for ten minutes.", errors: [] },
  "POST /v1/login": {
    summary: "Exchanges a signed EIP-4361 message for an access token, and registers the account.",
    errors: ["LOGIN_INVALID"],
  },
  "GET /v1/batches": { summary: "A page of settlement batches, newest first.", errors: ["CURSOR_INVALID"] },
  "POST /v1/deposits": {
    summary: "Charges a card, then funds the account on-chain. The header Idempotency-Key is required.",
    errors: [
      "AMOUNT_INVALID",
      "CARD_INVALID",
      "IDEMPOTENCY_KEY_INVALID",
      "IDEMPOTENCY_KEY_REUSED",
      "TREASURY_EMPTY",
      "CARD_TIMEOUT",
    ],
  },
  "GET /v1/deposits": {
    summary: "What was paid into the account, by card and on-chain, newest first.",
    errors: ["CURSOR_INVALID"],
  },
  "GET /v1/account/permit": {
    summary: "What the account's wallet must know to pay in by the token's permit and the Depositor.",
    errors: ["DEPOSITS_PAUSED", "RPC_UNAVAILABLE"],
  },
  "GET /v1/deposits/:id": { summary: "One deposit of the account.", errors: ["DEPOSIT_UNKNOWN"] },
  "POST /v1/sessions": {
    summary: "Relays the wallet's SessionAuthorization to the contract.",
    errors: ["DEPOSIT_REQUIRED", "FORBIDDEN", "SESSION_EXPIRY_INVALID", "SESSION_REFUSED"],
  },
  "GET /v1/sessions": { summary: "The account's session keys, and what each may spend.", errors: [] },
  "GET /v1/sessions/:id": {
    summary: "One session key of the account, by its address.",
    errors: ["ADDRESS_INVALID", "SESSION_UNKNOWN"],
  },
  "POST /v1/logout": {
    summary: "Revokes the access tokens of one of the account's sessions.",
    errors: ["SESSION_UNKNOWN"],
  },
  "GET /v1/account": { summary: "The account's money at one confirmed block.", errors: [] },
  "GET /v1/account/lanes": { summary: "The account's lanes, newest first.", errors: ["CURSOR_INVALID"] },
  "GET /v1/account/timeline": {
    summary: "Where the money of each lane is, what it waits for, and until when; newest first.",
    errors: ["CURSOR_INVALID"],
  },
  "GET /v1/account/timeline/:payer/:lane": {
    summary: "The papers of one lane: allotment, voucher, receipt, batch and transaction.",
    errors: ["ADDRESS_INVALID", "LANE_UNKNOWN"],
  },
  "POST /v1/vouchers": {
    summary: "Stores the best voucher of each lane, and answers each with a receipt or a refusal.",
    errors: [],
  },
  "POST /v1/complaints": {
    summary: "Notes that the payer of a lane has left pieces unpaid.",
    errors: ["LANE_UNKNOWN", "PAYEE_WRONG", "ABOVE_CAP", "EXPIRED", "SIGNATURE_INVALID"],
  },
  "GET /v1/statement": { summary: "The lanes that one signature of this session key would settle.", errors: [] },
  "POST /v1/statement": {
    summary: "Stores a signed statement, and answers with what is to be signed next.",
    errors: ["SIGNATURE_INVALID", "STATEMENT_INVALID", "STATEMENT_STALE"],
  },
  "POST /v1/withdrawals": {
    summary: "Relays the wallet's Withdrawal; with `isNow` it adds a Release, so that no delay is waited for.",
    errors: ["AMOUNT_INVALID", "BALANCE_TOO_LOW", "RELEASE_REFUSED", "WITHDRAWAL_REFUSED"],
  },
  "GET /v1/withdrawals": { summary: "The account's withdrawals, newest first.", errors: ["CURSOR_INVALID"] },
  "GET /v1/withdrawals/:id": { summary: "One withdrawal of the account.", errors: ["WITHDRAWAL_UNKNOWN"] },
  "POST /v1/torrents": {
    summary: "Publishes a torrent. The body is the .torrent file, `application/x-bittorrent`.",
    errors: ["FORBIDDEN", "PRICE_INVALID", "QUOTA_EXCEEDED", "SHARE_INVALID", "TITLE_INVALID", "TORRENT_INVALID"],
  },
  "GET /v1/torrents": { summary: "Searches the repository by title.", errors: ["CURSOR_INVALID"] },
  "GET /v1/torrents/:infoHash": { summary: "One torrent.", errors: ["INFOHASH_INVALID", "TORRENT_UNKNOWN"] },
  "POST /v1/torrents/:infoHash/listing": {
    summary: "Lists a content as its publisher's wallet has signed it, or takes it out of searches.",
    errors: ["FORBIDDEN", "INFOHASH_INVALID", "LISTING_INVALID", "LISTING_STALE", "TORRENT_UNKNOWN"],
  },
  "GET /v1/account/published": {
    summary: "What the account has published, and what was paid for it; newest first.",
    errors: ["CURSOR_INVALID"],
  },
  "GET /v1/torrents/:infoHash/metainfo": {
    summary: "The .torrent file.",
    errors: ["INFOHASH_INVALID", "TORRENT_UNKNOWN"],
  },
  "POST /v1/sponsorship": {
    summary: "The account pays for others' downloads of one content, with these tickets; without, it ends.",
    errors: ["BALANCE_TOO_LOW", "FORBIDDEN", "SPONSORSHIP_INVALID", "TORRENT_UNKNOWN"],
  },
  "GET /v1/sponsorship": {
    summary: "What the account sponsors, and what it has paid.",
    errors: ["FORBIDDEN", "SPONSOR_MISSING"],
  },
  "POST /v1/torrents/:infoHash/tickets": {
    summary: "A session for one download that a sponsor pays. The same secret gets the same ticket.",
    errors: ["INFOHASH_INVALID", "SPONSOR_MISSING", "SPONSOR_SPENT", "TORRENT_UNKNOWN"],
  },
  "GET /v1/bundles": { summary: "The audit bundles, newest first.", errors: ["CURSOR_INVALID"] },
  "GET /v1/bundles/:name": {
    summary: "One audit bundle, a JSON object per line. A Range header takes a part of it.",
    errors: ["BUNDLE_UNKNOWN"],
  },
  "GET /v1/bundles/:name/metainfo": {
    summary: "A .torrent file of the bundle, free for every BitTorrent client.",
    errors: ["BUNDLE_UNKNOWN"],
  },
  "GET /metrics": {
    summary: "For Prometheus: readiness, blocks, nodes that are set aside and why, and what waits.",
    errors: [],
  },
  "POST /v1/operator/settle": {
    summary: "Settles what is ready; with `close` it first asks payees to close open lanes.",
    errors: [],
  },
  "POST /v1/tracker/announces": {
    summary: "The tracker asks which torrents there are, and for the lanes of many sessions.",
    errors: [],
  },
};

/** Errors that a route has for what it takes. */
export const COMMON_ERRORS = {
  every: ["RATE_LIMITED", "INTERNAL"],
  input: ["REQUEST_INVALID"],
  body: ["REQUEST_INVALID", "BODY_TOO_LARGE", "MEDIA_TYPE_WRONG"],
  accessToken: [
    "LOGIN_REQUIRED",
    "REQUEST_UNSIGNED",
    "REQUEST_STALE",
    "TOKEN_EXPIRED",
    "TOKEN_INVALID",
    "TOKEN_REVOKED",
  ],
  operatorSecret: ["OPERATOR_REQUIRED"],
} as const satisfies Readonly<Record<string, readonly ErrorCode[]>>;
