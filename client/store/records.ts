import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { Signature } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import type { Receipt } from "../../protocol/signed/receipt.ts";

/** Records that a peer must not lose. Amounts are base units, and only grow. */

/**
 * What has one running total: this peer as payer, one device of a payee, one content, one price.
 */
export interface PairKey {
  readonly payee: Address;
  /** The payee's session key. Vouchers of a lane are only good at the device that it names. */
  readonly payeeKey: Address;
  readonly infoHash: InfoHash;
  /** Base units per 2^30 bytes. */
  readonly pricePerGiB: Amount;
}

export interface PairRecord extends PairKey {
  /** Whole pieces that came from this payee with the right hash, ever. */
  readonly verifiedBytes: number;
  /** What was signed beyond owed(verifiedBytes), for pieces that this home no longer knows. */
  readonly adjust: Amount;
}

/** A lane on which this peer pays. */
export interface PayerLaneRecord {
  readonly allotment: SignedAllotment;
  /** Highest amount ever signed; 0 with a null signature before the first voucher. */
  readonly amount: Amount;
  readonly signature: Signature | null;
}

/** A lane on which this peer is paid. */
export interface PayeeLaneRecord {
  readonly allotment: SignedAllotment;
  /** Highest valid voucher; 0 with a null signature before the first. */
  readonly amount: Amount;
  readonly signature: Signature | null;
  /** No more vouchers are accepted. */
  readonly isClosed: boolean;
  /** The authority's highest receipt. */
  readonly receipt: SignedReceipt | null;
  /** The authority knows that the highest amount is final. */
  readonly isFinal: boolean;
  /** The authority's code for refusing the highest voucher, which is not pushed again. */
  readonly pushRefusal: string | null;
}

export interface SignedReceipt extends Receipt {
  /** By the authority's allotter key. */
  readonly signature: Signature;
}

/** The payee that was asked for a piece. */
export interface PieceRecord {
  readonly piece: number;
  readonly pair: PairKey;
  /** `asked` is stored before the first request. `verified` is counted in the pair's total. */
  readonly state: "asked" | "verified";
}

/** How an account behaved, over all its sessions and contents. */
export interface Standing {
  readonly account: Address;
  /** As payer: how often it left a complete piece unpaid. */
  readonly defaults: number;
  /** As payee: pieces that it sent with a wrong hash. */
  readonly badPieces: number;
  /** Seconds since 1970; 0 if it was never banned. */
  readonly bannedUntil: number;
}

/** A content that a running peer holds. */
export interface ContentRecord {
  readonly infoHash: InfoHash;
  readonly title: string;
  /** Base units per 2^30 bytes; 0 is free. */
  readonly pricePerGiB: Amount;
  /** What of it the publisher gets, whoever sells. */
  readonly sharePercent: number;
  readonly sizeBytes: number;
  readonly pieceLength: number;
  /** `path`: the directory of a download; the file or directory that is seeded. */
  readonly place: "download" | "seed";
  readonly path: string;
  /** Seconds since 1970. */
  readonly addedAt: number;
  readonly isPaused: boolean;
  /** JSON, as its owner wrote it. */
  readonly settings: string;
}

/** What was known of a content's files when they were looked at last. */
export interface CheckedPieces {
  /** One bit a piece, in BEP 3's order: it is on disk. */
  readonly bits: Uint8Array;
  /** JSON of sizes and times of the files. */
  readonly stamps: string;
}

/** What was promised to and by one account for one content on one day. */
export interface DailyMoney {
  /** UTC, "2026-01-31". */
  readonly day: string;
  readonly infoHash: InfoHash;
  /** The counterparty. */
  readonly account: Address;
  /** Vouchers that this home signed, and that it accepted. */
  readonly paid: Amount;
  readonly earned: Amount;
}
