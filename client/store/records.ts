import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { Signature } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import type { Receipt } from "../../protocol/signed/receipt.ts";

/** What a peer must not forget. Amounts are base units; each of them only grows. */

/** All that runs up one total: this peer as payer, one device of a payee, one content, one price. */
export interface PairKey {
  readonly payee: Address;
  /** The payee's session key: lanes can only be filled at the device that they name. */
  readonly payeeKey: Address;
  readonly infoHash: InfoHash;
  /** Base units per 2^30 bytes. */
  readonly pricePerGiB: Amount;
}

export interface PairRecord extends PairKey {
  /** Whole pieces that came from this payee with the right hash, ever. */
  readonly verifiedBytes: number;
  /** What was promised beyond owed(verifiedBytes), before this home forgot for what. */
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
  /** No voucher is accepted any more. */
  readonly isClosed: boolean;
  /** T's highest receipt. */
  readonly receipt: SignedReceipt | null;
  /** T has been told `final` at the highest amount. */
  readonly isFinal: boolean;
  /** T's code for refusing the highest voucher: it is not pushed again. */
  readonly pushRefusal: string | null;
}

export interface SignedReceipt extends Receipt {
  /** By T's allotter key. */
  readonly signature: Signature;
}

/** Who was asked for a piece. */
export interface PieceRecord {
  readonly piece: number;
  readonly pair: PairKey;
  /** `asked`: stored before the first request; `verified`: counted in the pair's total. */
  readonly state: "asked" | "verified";
}

/** How an account behaved, over all sessions and contents. */
export interface Standing {
  readonly account: Address;
  /** As payer: times that it left a complete piece unpaid. */
  readonly defaults: number;
  /** As payee: pieces that it sent with a wrong hash. */
  readonly badPieces: number;
  /** Seconds since 1970; 0 when it was never banned. */
  readonly bannedUntil: number;
}
