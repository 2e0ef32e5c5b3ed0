import type { Address, InfoHash } from "../protocol/base/ids.ts";
import type { Amount } from "../protocol/base/units.ts";
import type { RefuseReason } from "../protocol/wire/voucher-stream.ts";

/**
 * The seam between `torrent/` (wires, pieces, blocks) and `payment/` (ledgers, vouchers,
 * allotments). Neither imports the other. Each call is written once here, and made on the object
 * that does the work: `peer.ts` hands the torrent side a `PaymentPort`, and the payment side a
 * `TorrentPort`. No call throws for what a remote does.
 */

/** A paid content that this peer downloads or serves. */
export interface ContentTerms {
  readonly infoHash: InfoHash;
  readonly pieceLength: number;
  /** Without padding. */
  readonly sizeBytes: number;
  /** Bytes of a piece that are sent and paid: the last one may be shorter, and padding is not. */
  readonly lengthOf: (piece: number) => number;
  /**
   * The price that this peer agreed to, in base units per 2^30 bytes. It pays no more, and serves
   * for no less.
   */
  readonly pricePerGiB: Amount;
  /** What of it the publisher gets, whoever sells. */
  readonly sharePercent: number;
}

/**
 * A wire whose remote spoke the BEP 10 extension. What the remote says of itself here is a claim
 * until the voucher stream proves it. Payment calls the functions between `wireOpened` and
 * `wireClosed` only.
 */
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

  /** Payer. `askableBytes` of this wire has grown: go on asking. */
  wake(): void;
  /** Payer. The remote offers pieces that we lack. */
  isUseful(): boolean;
  /** Payee. An offer for this wire was accepted, and it has a slot: let it ask. */
  unchoke(): void;
  /** Payee. Stop serving this wire, once what was let through has been sent. */
  choke(): void;
  /** Payee. Decide the held requests of this wire again. */
  resume(): void;
  /**
   * Payee. Blocks that were let through still wait here: for the disk, or for a slow remote to take
   * them.
   */
  isSending(): boolean;
}

/** What `torrent/` asks of `payment/`. */
export interface PaymentPort {
  /** TCP port of the voucher listener, which the remote of each wire is told. */
  readonly port: number;
  readonly payer: PayerPort;
  readonly payee: PayeePort;

  /**
   * Called before the content's first wire. Pieces on disk that were asked of a payee and never
   * counted are still owed. Returns the pieces that were asked of a payee (by session key) and did
   * not come. That payee counts them as begun, so they are asked of it first.
   */
  addContent(terms: ContentTerms, onDisk: ReadonlySet<number>): ReadonlyMap<number, Address>;

  /** False: do not keep this wire. Its remote is banned, or is this peer. */
  wireOpened(wire: PaidWire): boolean;
  wireClosed(wireId: string): void;
  /** An offer was accepted for this wire, by either side: it is worth its place. */
  isAccepted(wireId: string): boolean;

  /** Query fields (ANNOUNCE_KEYS) for the next announce. */
  announceFields(infoHash: InfoHash, bytesLeft: number): Record<string, string>;
  /** Text of the reply's ANNOUNCE_REPLY_KEY, unchecked. */
  announceReplied(infoHash: InfoHash, text: string): void;
}

/** What a download tells and asks. Unknown wire ids are ignored. */
export interface PayerPort {
  /**
   * Stores which payee these pieces will be asked of. Requests go out when it resolves (group
   * commit).
   */
  assign(wireId: string, pieces: readonly number[]): Promise<void>;
  /** Bytes of whole pieces that may be begun at this payee now. 0: wait for `wake`. */
  askableBytes(wireId: string): number;
  /** This assigned piece is asked for now, and counts in the payee's window. */
  begin(wireId: string, piece: number): void;
  /** Pieces assigned to this wire that will not be asked of it after all. */
  unassign(wireId: string, pieces: readonly number[]): void;
  /** The piece's hash is right and it is written to disk: it is owed. */
  pieceVerified(wireId: string, piece: number): void;
  /** The piece's hash is wrong: it is never paid, and the second time the source is banned. */
  pieceFailed(wireId: string, piece: number): void;
  /**
   * The remote no longer offers this piece. If it arrived corrupt, the remote no longer counts it
   * as debt either.
   */
  pieceDisowned(wireId: string, piece: number): void;
}

/** What an upload tells and asks. Unknown wire ids are refused or ignored. */
export interface PayeePort {
  /** Called for every block before it is sent; counts a piece from its first block. */
  decideRequest(wireId: string, piece: number, offset: number, length: number): RequestDecision;
  /** A block that `decideRequest` let through was not sent: the remote cancelled it in time. */
  blockUnsent(wireId: string, piece: number, offset: number, length: number): void;
  /** The remote cancelled this piece although blocks of it have left. */
  pieceMissed(wireId: string, piece: number): void;
}

export type RequestDecision =
  /** Send the block. */
  | "serve"
  /** Keep the request until `resume`, at most HOLD_MS, then choke. */
  | "hold"
  /** Not accepted, banned, or sent too often: choke. */
  | "refuse";

/** What `payment/` asks of `torrent/`, besides what it asks of a `PaidWire`. */
export interface TorrentPort {
  /** Closes every wire of this remote, and refuses new ones. */
  ban(remoteKey: Address): void;
  /** The remote is welcome again. */
  unban(remoteKey: Address): void;
  /**
   * Payee. Hashes our copy of a piece that a payer called bad. A wrong copy is no longer offered.
   */
  recheckPiece(infoHash: InfoHash, piece: number): Promise<boolean>;
  /**
   * Asks the tracker again now: a lane is half used, or payees lack lanes. Limited to four times
   * in four seconds.
   */
  reannounce(infoHash: InfoHash): void;
  /** As `reannounce`, and tries those again that have refused this peer. */
  redial(infoHash: InfoHash): void;
}

/** A payee that does not serve this download now. */
export interface Obstacle {
  readonly payeeKey: Address;
  readonly reason:
    | RefuseReason
    /** This home has banned it: it sent pieces with a wrong hash, or left some unpaid. */
    | "BANNED_HERE"
    /** The authority has given no lane to pay it. */
    | "NO_LANE"
    /** Its voucher stream cannot be opened. */
    | "UNREACHABLE";
  /** When a ban ends, seconds since 1970, chain time. */
  readonly until: number | null;
  /** Waiting changes nothing. */
  readonly isFinal: boolean;
}

/** What a download may hope for. */
export interface Outlook {
  readonly obstacles: readonly Obstacle[];
  /** Connected payees of which none of this is true. */
  readonly sellers: number;
  /** Pieces that were asked of payees and have not come yet. */
  readonly requested: number;
  /** Why the authority gives no more lanes; null: it does, or was not asked. */
  readonly shortage: string | null;
}

/**
 * Money between this peer and the other end of one wire, for displays. It belongs to the session
 * at the other end, over all of its wires and runs. Amounts are base units.
 */
export interface WireMoney {
  /** What is bought there; null: nothing. */
  readonly bought: WireTrade | null;
  /** What is sold there; null: no lane pays for this wire. */
  readonly sold: (WireTrade & SoldTrade) | null;
}

export interface WireTrade {
  /** The other side. */
  readonly account: Address;
  readonly pricePerGiB: Amount;
  /** Promised by vouchers. */
  readonly amount: Amount;
  /** Bytes of whole pieces that were begun and not paid, and how many there may be. */
  readonly unpaidBytes: number;
  readonly windowBytes: number;
}

interface SoldTrade {
  /** It has an upload slot, waits for one, or buys nothing now. */
  readonly turn: "served" | "waiting" | "none";
  /** Begun, abandoned by the payer, and written off in this run. */
  readonly lostBytes: number;
}

/**
 * Running totals of one payment engine, for progress displays. Base units and bytes of whole
 * pieces.
 */
export type PaymentTotals = {
  /** Verified bytes that were paid for, and what was signed for them. */
  readonly bytesDown: number;
  readonly paid: Amount;
  /** Bytes served against vouchers, and the sum of the stored vouchers. */
  readonly bytesUp: number;
  readonly earned: Amount;
};
