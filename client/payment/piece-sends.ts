import { BLOCK_BYTES } from "../../protocol/constants.ts";

/** How often each block of a content was sent to one session. Mutable: one byte per block, touched for each block sent. */
export interface PieceSends {
  /** Highest count over the blocks that this range touches. */
  sentTimes(piece: number, offset: number, length: number): number;
  isBegun(piece: number): boolean;
  isComplete(piece: number): boolean;
  /** Bytes of a begun piece; 0 when it is not begun. */
  pieceBytes(piece: number): number;
  record(piece: number, pieceBytes: number, offset: number, length: number): void;
  forget(piece: number): void;
}

interface Piece {
  readonly bytes: number;
  readonly counts: Uint8Array;
  /** Blocks that were never sent. */
  missing: number;
}

const MOST = 255;

export function createPieceSends(): PieceSends {
  const pieces = new Map<number, Piece>();
  const blocks = (offset: number, length: number): [number, number] => [
    Math.floor(offset / BLOCK_BYTES),
    Math.ceil((offset + length) / BLOCK_BYTES),
  ];
  return {
    sentTimes(piece, offset, length) {
      const counts = pieces.get(piece)?.counts.subarray(...blocks(offset, length)) ?? [];
      return Math.max(0, ...counts);
    },
    isBegun: (piece) => pieces.has(piece),
    isComplete: (piece) => pieces.get(piece)?.missing === 0,
    pieceBytes: (piece) => pieces.get(piece)?.bytes ?? 0,
    record(piece, pieceBytes, offset, length) {
      const count = Math.ceil(pieceBytes / BLOCK_BYTES);
      const known = pieces.get(piece) ?? { bytes: pieceBytes, counts: new Uint8Array(count), missing: count };
      pieces.set(piece, known);
      const [first, end] = blocks(offset, length);
      for (let block = first; block < end; block++) {
        const times = known.counts[block] as number;
        if (times === 0) known.missing--;
        known.counts[block] = Math.min(times + 1, MOST);
      }
    },
    forget: (piece) => void pieces.delete(piece),
  };
}
