import type WebTorrent from "webtorrent";
import type { FloodgateError } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { DialRule } from "../../dial-rule.ts";
import type { BanList } from "../wire/wire-admission.ts";
import type { AllLimits } from "./content-limits.ts";
import type { ParsedContent } from "./metainfo.ts";

/** What every torrent of one engine shares. */
export interface EngineContext {
  readonly client: WebTorrent;
  readonly trackerUrl: string;
  readonly dialing: DialRule;
  readonly userAgent: string;
  readonly sessionKey: Address;
  readonly torrentPeerId: Uint8Array;
  readonly limits: AllLimits;
  readonly bans: BanList;
  readonly nextWireId: () => string;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly random: () => number;
  /** Memory that may hold anything. */
  readonly allocate: (length: number) => Uint8Array;
}

/** Where a torrent's bytes are. */
export type Place =
  /** Written below this directory. Pieces that are there already are kept. */
  | { readonly type: "download"; readonly directory: string }
  /** This complete file or directory, opened for reading only. */
  | { readonly type: "seed"; readonly path: string };

export type ContentEvent =
  /** One more piece is on disk. */
  | { readonly type: "progress"; readonly bytesDone: number; readonly piece: number }
  /** A piece came with a wrong hash. */
  | { readonly type: "piece-failed"; readonly piece: number }
  /**
   * A piece on disk has changed, or cannot be read any more (FILE_UNREADABLE): it is no longer
   * offered.
   */
  | { readonly type: "piece-lost"; readonly piece: number; readonly error: FloodgateError }
  /**
   * The tracker refused, or cannot be reached (TRACKER_REFUSED, TRACKER_UNREACHABLE). It is asked
   * again.
   */
  | { readonly type: "tracker-problem"; readonly error: FloodgateError }
  /** The tracker took an announce. */
  | { readonly type: "tracker-answered" }
  /** The content has ended: the disk failed, or a record could not be stored. */
  | { readonly type: "failed"; readonly error: Error };

/**
 * Asked once, when the pieces on disk are known and before anybody is told of the content. A
 * rejection ends it. `bytesMissing`: what is not on disk.
 */
export type Admit = (bytesMissing: number) => Promise<void>;

export interface ContentProgress {
  /** Whole pieces on disk that are wanted, without padding. */
  readonly bytesDone: number;
  /** Of all that is wanted. */
  readonly sizeBytes: number;
  /** Bytes a second, protocol included. */
  readonly rateDown: number;
  readonly rateUp: number;
  readonly peers: number;
}

/** One connection of a content, as BitTorrent counts it. Rates are bytes a second. */
export interface WireTraffic {
  /** For payment; null: its remote does not speak Floodgate, or the content is free. */
  readonly wireId: string | null;
  /** Session key that the remote claims. */
  readonly remoteKey: Address | null;
  /** IP address and port of the remote; empty until it is known. */
  readonly address: string;
  /** Pieces' bytes, without the protocol's own. */
  readonly bytesDown: number;
  readonly bytesUp: number;
  readonly rateDown: number;
  readonly rateUp: number;
  /** Bytes of pieces that came with a wrong hash. */
  readonly wastedBytes: number;
}

/** One torrent in the engine. */
export interface Content {
  readonly infoHash: InfoHash;
  /** Every piece that is wanted is on disk. Rejects when the content failed. */
  readonly complete: Promise<void>;
  progress(): ContentProgress;
  isOnDisk(piece: number): boolean;
  /** One bit a piece, as BEP 3 has them: it is on disk. Empty when the content has ended. */
  bits(): Uint8Array;
  /** A reader is at this piece, so the download goes on from there; null: nobody reads any more. */
  readFrom(piece: number | null): void;
  wires(): readonly WireTraffic[];
  /** Says `stopped` to the tracker, and closes all wires and files. */
  stop(deadlineMs: number): Promise<void>;
}

/** The bytes of a piece that are sent and paid: the last one may be shorter, and padding is not. */
export function pieceLengthOf({
  pieces,
  pieceLength,
  lastPieceLength,
  padding,
}: Pick<ParsedContent, "pieces" | "pieceLength" | "lastPieceLength" | "padding">): (piece: number) => number {
  // Contents that rest keep this function, and not the hashes.
  const last = pieces.length - 1;
  return (piece) => (piece === last ? lastPieceLength : pieceLength) - (padding.get(piece) ?? 0);
}
