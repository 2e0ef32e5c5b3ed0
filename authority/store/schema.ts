import type { Generated } from "kysely";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { BundleBodyTable, BundleTable } from "./bundle-schema.ts";
import type { ChainDepositTable } from "./deposits/chain-deposit-schema.ts";
import type { MirrorTables } from "./mirror/mirror-schema.ts";
import type { OperatorActionTable } from "./operator/operator-schema.ts";
import type { RestoreTables } from "./restore/restore-schema.ts";
import type { PastSumTable } from "./retention/retention-schema.ts";
import type { RelayTable, RevocationTable, SessionTable } from "./session-schema.ts";
import type { SponsorshipTable, TicketTable } from "./sponsors/sponsor-schema.ts";
import type { AttemptTable, GasUseTable, TransactionTable } from "./transaction-schema.ts";
import type { DueLaneTable, LaneNewsTable } from "./what-changed.ts";

/**
 * Tables of the authority's store. Amounts are decimal texts of base units. Times are seconds since
 * 1970 on the chain's clock. Booleans are 0 or 1.
 */
export interface Tables extends MirrorTables, RestoreTables {
  network: NetworkTable;
  accounts: AccountTable;
  sessions: SessionTable;
  revocations: RevocationTable;
  relays: RelayTable;
  deposits: DepositTable;
  chainDeposits: ChainDepositTable;
  cardCharges: CardChargeTable;
  withdrawals: WithdrawalTable;
  torrents: TorrentTable;
  torrentTitles: TorrentTitleTable;
  listings: ListingTable;
  requests: RequestTable;
  lanes: LaneTable;
  dueLanes: DueLaneTable;
  laneNews: LaneNewsTable;
  statements: StatementTable;
  batches: BatchTable;
  bundles: BundleTable;
  bundleBodies: BundleBodyTable;
  claims: ClaimTable;
  settledSums: SettledSumTable;
  complaints: ComplaintTable;
  sponsorships: SponsorshipTable;
  tickets: TicketTable;
  transactions: TransactionTable;
  attempts: AttemptTable;
  gasUses: GasUseTable;
  pastSums: PastSumTable;
  operatorActions: OperatorActionTable;
}

/** The one contract to which this store belongs. */
export interface NetworkTable {
  id: number;
  identity: string;
  /** The authority asks payees to close their lanes up to the one of this sequence. */
  closeAskedUpTo: Generated<number>;
  /** How often this store was restored. */
  restores: Generated<number>;
  /** It was copied, and has not been started since. */
  isCopy: Generated<number>;
  /** The contract's number of the newest lost batch when it was restored last. */
  knownLostBatch: Generated<number>;
  /** The newest bundle of that time that the chain names, and the store does not hold. */
  lostBundle: Generated<Hex | null>;
  /** Sequence of the bundle that the store held last then. */
  lostBundleAfter: Generated<number>;
}

export interface AccountTable {
  account: Address;
  /** Its next lane number. */
  nextLane: number;
  createdAt: number;
  /** It has asked money back on-chain, as of the observed block. */
  isLeaving: Generated<number>;
}

export interface DepositTable {
  id: string;
  account: Address;
  idempotencyKey: string;
  /**
   * HMAC of amount and card: tells a repeated request from another one without keeping the card's
   * number.
   */
  bodyHash: string;
  amount: string;
  /**
   * `charged`: the transaction that funds the account is under way. `declined`, `failed`: nothing
   * was charged. `refunding`: it could not be credited, and the card network is to pay it back.
   */
  state: "charging" | "charged" | "credited" | "declined" | "failed" | "refunding" | "refunded";
  reason: string | null;
  createdAt: number;
}

/** What the devnet's card network knows of each charge. Only that network writes here. */
export interface CardChargeTable {
  idempotencyKey: string;
  amount: string;
  outcome: "paid" | "declined" | "lost" | "refundRefused" | "refundLost";
  /** Null: nobody has asked it back. */
  refund: Generated<"asked" | "refunded" | null>;
}

export interface WithdrawalTable {
  id: string;
  account: Address;
  recipient: Address;
  amount: string;
  createdAt: number;
  state: "requesting" | "waiting" | "paying" | "releasing" | "paid" | "replaced" | "failed";
  withdrawableAt: number | null;
  /** Of its release; null when the withdrawal waits for the delay. */
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
  /** What of the price the publisher gets, whoever sells. */
  sharePercent: Generated<number>;
  publisher: Address;
  publishedAt: number;
  /** Of bundles; that of a published torrent is a file (authority/torrents/metainfo-files.ts). */
  metainfo: Uint8Array;
  metainfoBytes: Generated<number>;
  /** 0: searches do not show it. */
  isListed: Generated<number>;
  /** 0: its publisher had no money in its account. */
  isBacked: Generated<number>;
  /** Peers of its swarm, as the tracker last said. */
  seeders: Generated<number>;
  leechers: Generated<number>;
}

/** What a publisher's wallet has signed last of a content (`Listing`, docs/protocol.md 2.12). */
export interface ListingTable {
  infoHash: InfoHash;
  title: string;
  description: string;
  /** JSON. */
  tags: string;
  licence: string;
  replaces: InfoHash | null;
  signedAt: number;
  signature: string;
}

/** Full-text index of the titles of listed torrents, by their sequence. */
export interface TorrentTitleTable {
  rowid: number;
  folded: string;
}

/** Time of the latest signed allotment request, by session and content. */
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
  /** The allotter's signature of the allotment. */
  signature: Hex;
  /**
   * The confirmed block at which its money was read, and its time; 0 in lanes from before these
   * were stored.
   */
  issuedAtBlock: number;
  issuedAt: number;
  /** Amount of the highest voucher received; "0" without a voucher. */
  amount: string;
  voucherSignature: Hex | null;
  receivedAt: number | null;
  /** The payee has closed the lane. */
  isFinal: number;
  /** When it became full or was closed. */
  finishedAt: number | null;
  /** The payer's statement of `amount`; null without one. */
  statementId: number | null;
  /** A statement with it paid nothing on-chain: its voucher must settle it. */
  isVoucherOnly: Generated<number>;
  /**
   * `claiming`: something else has used up the lane on-chain, so only a claim can pay what is
   * missing.
   */
  state: "open" | "settling" | "claiming" | "settled" | "skipped";
  batchId: number | null;
  /** Its row in the batch, counted over all groups from 0. */
  batchRow: number | null;
  /** The authority's own claim under way. */
  claimId: number | null;
  /** Gross, on-chain, in batches and claims; "0" until settled or claimed. */
  paid: string;
  fee: string;
  /** Block in which `paid` was paid. */
  paidAtBlock: number | null;
  reason: string | null;
}

/**
 * Statements of payers. When one of its lanes gets a higher voucher, a statement is of no use and
 * is removed.
 */
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
  /** What made the authority settle (docs/protocol.md 7.6). */
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

/** Claims that the authority makes for payees. */
export interface ClaimTable {
  id: Generated<number>;
  actionId: string;
  laneCount: number;
}

/** What all batches together have paid between two accounts, gross. */
export interface SettledSumTable {
  payer: Address;
  payee: Address;
  amount: string;
}

/** Complaints of payees about payers that did not pay, one for each lane. */
export interface ComplaintTable {
  payer: Address;
  lane: number;
  payee: Address;
  /** Of the highest voucher; "0" without one. */
  amount: string;
  /** As the payee reports it. */
  unpaidBytes: number;
  createdAt: number;
}
