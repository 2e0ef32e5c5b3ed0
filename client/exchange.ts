import type { Address, InfoHash } from "../protocol/base/ids.ts";
import type { Amount } from "../protocol/base/units.ts";

/**
 * The seam between `torrent/` (wires, pieces, blocks) and `payment/` (ledgers, vouchers, allotments). Neither imports
 * the other: `peer.ts` hands each the other's port. Calls never throw for what a remote does.
 */

/** A paid content that this peer downloads or serves. */
export interface ContentTerms {
  readonly infoHash: InfoHash;
  readonly pieceLength: number;
  readonly sizeBytes: number;
  /** The price that this peer agreed to: it pays no more, and serves for no less. Base units per 2^30 bytes. */
  readonly pricePerGiB: Amount;
}

/** Length of a piece: the last one may be shorter. */
export function pieceBytes({ pieceLength, sizeBytes }: ContentTerms, piece: number): number {
  return Math.min(pieceLength, sizeBytes - piece * pieceLength);
}

/** A wire whose remote spoke the BEP 10 extension. All that the remote says here is a claim until the voucher stream proves it. */
export interface PaidWire {
  /** Unique in this process. */
  readonly wireId: string;
  readonly infoHash: InfoHash;
  /** Remote IP of the TCP connection, as the socket knows it. */
  readonly remoteHost: string;
  /** Claimed session key of the remote. */
  readonly remoteKey: Address;
  /** Claimed libp2p port of the remote. */
  readonly remotePort: number;
  /** The token that we sent: an offer that names it pays for this wire. */
  readonly localToken: Uint8Array;
  /** The token that the remote sent: our offers name it. */
  readonly remoteToken: Uint8Array;
}

export type RequestDecision =
  /** Send the block. */
  | "serve"
  /** Keep the request until `resume`, at most HOLD_MS, then choke. */
  | "hold"
  /** Not accepted, banned, or sent too often: choke. */
  | "refuse";

/** What `torrent/` asks of `payment/`. */
export interface PaymentPort {
  /**
   * Before the content's first wire. Pieces on disk that were asked of a payee and not counted are still owed to it.
   * Returns those that were asked of a payee (by session key) and did not come: it counts them as begun, so it is asked
   * for them again first.
   */
  addContent(terms: ContentTerms, onDisk: ReadonlySet<number>): ReadonlyMap<number, Address>;
  /** No more pieces are wanted: pay the rest, tell every payee `done`. Resolves when the last voucher was stored by its payee or gave up. */
  finishContent(infoHash: InfoHash): Promise<void>;

  /** False: do not keep this wire (its remote is banned, or is ourselves). */
  wireOpened(wire: PaidWire): boolean;
  wireClosed(wireId: string): void;

  /** Payer. Stores which payee these pieces will be asked of; requests go out when it resolves (group commit). */
  assign(wireId: string, pieces: readonly number[]): Promise<void>;
  /** Payer. Bytes of whole pieces that may be begun at this payee now: 0 = wait for `wake`. */
  askableBytes(wireId: string): number;
  /** Payer. This assigned piece is asked for now, and counts in the payee's window. */
  begin(wireId: string, piece: number): void;
  /** Payer. Pieces assigned to this wire that will not be asked of it after all. */
  unassign(wireId: string, pieces: readonly number[]): void;
  /** Payer. The piece's hash is right and it is written to disk: it is owed. */
  pieceVerified(wireId: string, piece: number): void;
  /** Payer. The piece's hash is wrong: never paid; the second time the source is banned. */
  pieceFailed(wireId: string, piece: number): void;
  /** Payer. The remote offers this piece no more; one that came wrong from it, it does not count as debt either. */
  pieceDisowned(wireId: string, piece: number): void;

  /** Payee. Called for every block before it is sent; counts a piece from its first block. */
  decideRequest(wireId: string, piece: number, offset: number, length: number): RequestDecision;
  /** Payee. A block that `decideRequest` let through was not sent: the remote cancelled it in time. */
  blockUnsent(wireId: string, piece: number, offset: number, length: number): void;
  /** Payee. The remote waits for this piece no more, though blocks of it have left. */
  pieceMissed(wireId: string, piece: number): void;

  /** Query fields (ANNOUNCE_KEYS) for the next announce. */
  announceFields(infoHash: InfoHash, bytesLeft: number): Record<string, string>;
  /** Text of the reply's ANNOUNCE_REPLY_KEY, unchecked. */
  announceReplied(infoHash: InfoHash, text: string): void;
}

/** What `payment/` asks of `torrent/`. Unknown wire ids are ignored: the wire has just gone. */
export interface TorrentPort {
  /** Payer. `askableBytes` of this wire has grown: go on asking. */
  wake(wireId: string): void;
  /** Payer. The remote offers pieces that we lack. */
  isUseful(wireId: string): boolean;
  /** Payee. An offer for this wire was accepted, and it has a slot: let it ask. */
  unchoke(wireId: string): void;
  /** Payee. Stop serving this wire, once what was let through has been sent. */
  choke(wireId: string): void;
  /** Payee. Decide the held requests of this wire again. */
  resume(wireId: string): void;
  /** Payee. Blocks that were let through still wait here: on the disk, or for a slow remote to take them. */
  isSending(wireId: string): boolean;
  /** Close every wire of this remote and refuse new ones. */
  ban(remoteKey: Address): void;
  /** Payee. Hash our copy of a piece that a payer called bad; a wrong copy is dropped from what we offer. */
  recheckPiece(infoHash: InfoHash, piece: number): Promise<boolean>;
  /** Ask the tracker again now (a lane is half used, or peers lack lanes). Rate-limited by the torrent side to one a second. */
  reannounce(infoHash: InfoHash): void;
}

/** Running totals of one payment engine, for progress displays. Base units and bytes of whole pieces. */
export type PaymentTotals = {
  /** Verified bytes that were paid for, and what was signed for them. */
  readonly bytesDown: number;
  readonly paid: Amount;
  /** Bytes served against vouchers, and the sum of the stored vouchers. */
  readonly bytesUp: number;
  readonly earned: Amount;
};
