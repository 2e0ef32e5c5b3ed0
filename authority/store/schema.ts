import type { Generated } from "kysely";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address, InfoHash, PublicKey } from "../../protocol/base/ids.ts";

/** Tables of T's store. Amounts are decimal texts of base units; times are seconds since 1970 on the chain's clock; booleans are 0 or 1. */
export interface Tables {
  network: NetworkTable;
  nonces: NonceTable;
  accounts: AccountTable;
  sessions: SessionTable;
  relays: RelayTable;
  deposits: DepositTable;
  cardCharges: CardChargeTable;
  withdrawals: WithdrawalTable;
  torrents: TorrentTable;
  requests: RequestTable;
  lanes: LaneTable;
  statements: StatementTable;
  batches: BatchTable;
  bundles: BundleTable;
  claims: ClaimTable;
  settledSums: SettledSumTable;
  complaints: ComplaintTable;
  transactions: TransactionTable;
}

/** The one contract that this store is about. */
export interface NetworkTable {
  id: number;
  identity: string;
  /** Newest block whose events T has taken in; null before the first. */
  observedBlock: number | null;
}

/** Login nonces handed out and not yet used. */
export interface NonceTable {
  nonce: string;
  expiresAt: number;
}

export interface AccountTable {
  account: Address;
  /** The lane number to give out next. */
  nextLane: number;
  createdAt: number;
  /** It has asked money back on-chain, as far as T has observed. */
  isLeaving: Generated<number>;
}

/** Every session key that logged in, and where the tracker last saw it. */
export interface SessionTable {
  sessionKey: Address;
  account: Address;
  publicKey: PublicKey;
  createdAt: number;
  host: string | null;
  port: number | null;
}

/** SessionAuthorizations that T relays. */
export interface RelayTable {
  actionId: string;
  account: Address;
  sessionKey: Address;
  limit: string;
  expiresAt: number;
  createdAt: number;
}

export interface DepositTable {
  id: string;
  account: Address;
  idempotencyKey: string;
  /** HMAC of amount and card: tells a repeated request from another one without keeping the card's number. */
  bodyHash: string;
  amount: string;
  state: "charging" | "charged" | "declined" | "failed";
  reason: string | null;
  createdAt: number;
}

/** The devnet's card network: what it knows of each charge. Written by it alone. */
export interface CardChargeTable {
  idempotencyKey: string;
  amount: string;
  outcome: "paid" | "declined" | "lost";
}

export interface WithdrawalTable {
  id: string;
  account: Address;
  recipient: Address;
  amount: string;
  createdAt: number;
  state: "requesting" | "waiting" | "paying" | "releasing" | "paid" | "replaced" | "failed";
  withdrawableAt: number | null;
  /** Of T's Release; null when the withdrawal waits for the delay. */
  releaseNonce: number | null;
  releaseDeadline: number | null;
  reason: string | null;
}

export interface TorrentTable {
  sequence: Generated<number>;
  infoHash: InfoHash;
  title: string;
  /** Title in one case, for the search. */
  folded: string;
  sizeBytes: number;
  pieceLength: number;
  pieceCount: number;
  pricePerGiB: string;
  publisher: Address;
  publishedAt: number;
  metainfo: Uint8Array;
  /** 0: no search shows it. */
  isListed: Generated<number>;
}

/** The latest signed allotment request of each session and content. */
export interface RequestTable {
  sessionKey: Address;
  infoHash: InfoHash;
  requestedAt: number;
}

export interface LaneTable {
  sequence: Generated<number>;
  payer: Address;
  lane: number;
  payee: Address;
  sessionKey: Address;
  payeeKey: Address;
  cap: string;
  pricePerGiB: string;
  credit: number;
  infoHash: InfoHash;
  expiresAt: number;
  /** T's signature of the allotment. */
  signature: Hex;
  /** The confirmed block that its money was read at, and its time; 0: from before T noted it. */
  issuedAtBlock: number;
  issuedAt: number;
  /** Highest voucher that T holds; "0" without a voucher. */
  amount: string;
  voucherSignature: Hex | null;
  receivedAt: number | null;
  /** The payee has closed the lane. */
  isFinal: number;
  /** T asks the payee to close the lane. */
  isCloseAsked: number;
  /** When it became full or closed. */
  finishedAt: number | null;
  /** The payer's statement of `amount`; null without one. */
  statementId: number | null;
  /** A statement of it was of no use on-chain: its voucher settles it. */
  isVoucherOnly: Generated<number>;
  /** `claiming`: something else has used up the lane on-chain, so only a claim pays what is missing. */
  state: "open" | "settling" | "claiming" | "settled" | "skipped";
  batchId: number | null;
  /** T's own claim under way. */
  claimId: number | null;
  /** Gross, on-chain, in batches and claims; "0" until settled or claimed. */
  paid: string;
  fee: string;
  /** Block in which `paid` was paid. */
  paidAtBlock: number | null;
  reason: string | null;
}

/** Payers' words about many lanes at once. A lane that got a higher voucher has left its statement, which is then of no use. */
export interface StatementTable {
  id: Generated<number>;
  payer: Address;
  sessionKey: Address;
  signature: Hex;
  createdAt: number;
}

export interface BatchTable {
  id: Generated<number>;
  actionId: string;
  kind: "vouchers" | "statements";
  /** What made T settle. */
  reason: "forced" | "leaving" | "deadline" | "full" | "value" | "age";
  /** The contract's number of the batch. */
  number: number | null;
  rowCount: number;
  skipped: number;
  total: string;
  fee: string;
  /** When its transaction failed as a whole. */
  failedAt: number | null;
}

/** Audit bundles, in the order in which each names the one before. Never changed. */
export interface BundleTable {
  sequence: Generated<number>;
  /** 0x and the SHA-256 of `body`. */
  name: Hex;
  previous: Hex;
  /** Null: it only holds allotments. */
  batchId: number | null;
  body: Uint8Array;
  /** Of its torrent. */
  infoHash: InfoHash;
  /** Allotments up to the lane of this sequence are in it or in one before. */
  lastLane: number;
  /** Time of its block. */
  createdAt: number;
}

/** T's claims for payees. */
export interface ClaimTable {
  id: Generated<number>;
  actionId: string;
  laneCount: number;
}

/** What batches have paid between two accounts, gross, since ever. */
export interface SettledSumTable {
  payer: Address;
  payee: Address;
  amount: string;
}

/** Payees' words about payers that did not pay: one for each lane. */
export interface ComplaintTable {
  payer: Address;
  lane: number;
  payee: Address;
  /** Of the highest voucher; "0" without one. */
  amount: string;
  /** As the payee says. */
  unpaidBytes: number;
  createdAt: number;
}

export type TransactionKind =
  | "approve"
  | "fund"
  | "session"
  | "settle"
  | "claim"
  | "withdraw-request"
  | "withdraw-pay"
  | "withdraw-now";

/** The outbox: every transaction that T ever decided to send, by its action. */
export interface TransactionTable {
  id: Generated<number>;
  actionId: string;
  kind: TransactionKind;
  recipient: Address;
  data: Hex;
  /** intent -> stored (signed) -> sent -> seen (in a block) -> final (block confirmed), or failed. */
  state: "intent" | "stored" | "sent" | "seen" | "final" | "failed";
  nonce: number | null;
  raw: Hex | null;
  hash: Hex | null;
  block: number | null;
  gasUsed: string | null;
  reason: string | null;
}
