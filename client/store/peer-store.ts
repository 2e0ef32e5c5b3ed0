import type { SignedAllotment } from "../../protocol/allotment.ts";
import type { Address, InfoHash } from "../../protocol/ids.ts";
import type { Amount } from "../../protocol/units.ts";
import type { SignedVoucher } from "../../protocol/voucher.ts";
import type {
  PairKey,
  PairRecord,
  PayeeLaneRecord,
  PayerLaneRecord,
  PieceRecord,
  SignedReceipt,
  Standing,
} from "./records.ts";

/**
 * The money memory of one peer home. Every `save` resolves when the record is durable (writes made in one turn share an
 * fsync, in order), so act after it; each may be repeated and never lowers an amount. Reads see all saves made
 * before them. A failed write rejects with FloodgateError STORE_FAILED: stop handling money on what it was about.
 */
export interface PeerStore {
  /** Payer. Lanes of this session on this content, ascending. */
  listPayerLanes(sessionKey: Address, infoHash: InfoHash): PayerLaneRecord[];
  listPairs(infoHash: InfoHash): PairRecord[];
  listPieces(infoHash: InfoHash): PieceRecord[];
  /** Payer. A lane that T gave. */
  saveAllotment(allotment: SignedAllotment): Promise<void>;
  /** Payer. Before the voucher is sent. A lower amount than the stored one changes nothing. */
  saveSigned(voucher: SignedVoucher): Promise<void>;
  /** Payer. A lower adjustment than the stored one changes nothing. */
  saveAdjust(pair: PairKey, adjust: Amount): Promise<void>;
  /** Payer. Before the pieces are asked for: replaces whoever was asked before. */
  saveAsked(pair: PairKey, pieces: readonly number[]): Promise<void>;
  /** Payer. Counts an asked piece in its pair's total, once. */
  saveVerified(infoHash: InfoHash, piece: number, lengthBytes: number): Promise<void>;

  findPayeeLane(payer: Address, lane: number): PayeeLaneRecord | null;
  /** Payee. Lanes of this payer's session on this content, ascending. */
  listPayeeLanes(sessionKey: Address, infoHash: InfoHash): PayeeLaneRecord[];
  /** Payee. Before the offer is accepted. */
  saveAccepted(allotment: SignedAllotment): Promise<void>;
  /** Payee. Before credit is given for it. @throws {InvariantError} above the cap, or on a closed or unknown lane */
  saveVoucher(voucher: SignedVoucher): Promise<void>;
  saveClosed(payer: Address, lane: number): Promise<void>;
  /** Payee. Lanes of which T does not know the highest voucher, or that they are final; oldest expiry first. */
  listToPush(limit: number): PayeeLaneRecord[];
  saveReceipt(receipt: SignedReceipt, isFinal: boolean): Promise<void>;
  /** Payee. T will not take this amount: it is pushed no more, until the lane has a higher one. */
  savePushRefused(payer: Address, lane: number, amount: Amount, code: string): Promise<void>;

  findStanding(account: Address): Standing;
  saveStanding(standing: Standing): Promise<void>;

  /** Forgets lanes whose allotment expired before this time (seconds since 1970, chain time): nothing on them can be claimed. */
  forgetLanes(expiredBefore: number): Promise<void>;
  /** Commits what waits, gives the home back. Later saves reject. */
  close(): void;
}

/** Opens or creates the store in `home` (a private directory). @throws {InputError} HOME_IN_USE, STORE_UNUSABLE, STORE_TOO_NEW */
export declare function openPeerStore(home: string): PeerStore;
