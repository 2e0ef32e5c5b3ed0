import type { Torrent } from "webtorrent";
import type { PieceLayout } from "./metainfo.ts";
import type { Selection } from "./selection.ts";

/** What is known of a content's files before they are looked at. */
export interface KnownPieces {
  /** One bit a piece, as BEP 3 has them: it was on disk. */
  readonly bits: Uint8Array;
  /** Pieces that may have come since: they are hashed. */
  readonly suspects: readonly number[];
}

/** One piece in so many of those that are known is hashed all the same, at least one. */
const SPOT_CHECK = 100;

/**
 * Replaces webtorrent's start-up check, which hashes everything. Known pieces are believed when
 * one in a hundred of them still has its hash. One that has not makes all of them doubtful.
 */
export function checkKnown(torrent: Torrent, known: KnownPieces, random: () => number): void {
  const hashAll = torrent._verifyPieces.bind(torrent);
  torrent._verifyPieces = (done) => {
    const pieces = listPieces(known.bits, torrent.pieces.length);
    if (pieces === null) return hashAll(done);
    const sample = choose(pieces, Math.ceil(pieces.length / SPOT_CHECK), random);
    torrent._verifyPiecesUsingHash([...sample, ...known.suspects], (error) => {
      if (error) return done(error);
      if (!sample.every((piece) => torrent.bitfield.get(piece))) return hashAll(done);
      for (const piece of pieces) if (!torrent.bitfield.get(piece)) torrent._markVerified(piece);
      done();
    });
  };
}

/** Of a content of which nothing is on disk. */
export function noneOf({ pieces }: { readonly pieces: readonly unknown[] }): KnownPieces {
  return { bits: new Uint8Array(Math.ceil(pieces.length / 8)), suspects: [] };
}

/** The pieces whose bit is set; null when these bits are of another torrent. */
export function listPieces(bits: Uint8Array, pieceCount: number): number[] | null {
  if (bits.length !== Math.ceil(pieceCount / 8)) return null;
  return Array.from({ length: pieceCount }, (_, piece) => piece).filter((piece) => hasPiece(bits, piece));
}

export function hasPiece(bits: Uint8Array, piece: number): boolean {
  return ((bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0;
}

/** So many of them, drawn without repetition. */
function choose(pieces: readonly number[], count: number, random: () => number): number[] {
  const left = [...pieces];
  return Array.from({ length: count }, () => {
    const at = Math.floor(random() * left.length);
    const piece = left[at] as number;
    left[at] = left[left.length - 1] as number;
    left.pop();
    return piece;
  });
}

export function isSameBits(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** `selection`: what is wanted; null: all. */
export function hasAllPieces(bits: Uint8Array, pieceCount: number, selection: Selection | null): boolean {
  const pieces = listPieces(bits, pieceCount) ?? [];
  if (selection === null) return pieces.length === pieceCount;
  return pieces.filter((piece) => selection.has(piece)).length === selection.pieceCount;
}

/** Bytes of these pieces, as far as they are wanted; null: nothing is known. */
export function sumPieces(
  checked: { readonly bits: Uint8Array } | null,
  { pieceCount, lengthOf }: Pick<PieceLayout, "pieceCount" | "lengthOf">,
  selection: Selection | null,
): number {
  const pieces = checked === null ? [] : (listPieces(checked.bits, pieceCount) ?? []);
  return pieces.filter((piece) => selection?.has(piece) ?? true).reduce((sum, piece) => sum + lengthOf(piece), 0);
}
