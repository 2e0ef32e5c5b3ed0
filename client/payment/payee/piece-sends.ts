import { BLOCK_BYTES } from "../../../protocol/base/constants.ts";

/**
 * Which blocks of a content one session was sent, and how often. A piece is begun with its first block and complete
 * with its last. Mutable: one byte per block, touched for each block sent.
 */
export interface PieceSends {
  /** Highest count over the blocks that this range touches. */
  sentTimes(piece: number, offset: number, length: number): number;
  isBegun(piece: number): boolean;
  isComplete(piece: number): boolean;
  /** At least one block of it was ever sent. */
  isTouched(piece: number): boolean;
  /** Bytes of a begun piece; 0 when it is not begun. */
  pieceBytes(piece: number): number;
  /** Counts a block. True: the piece is complete with it, and was not before. */
  record(piece: number, pieceBytes: number, offset: number, length: number, nowMs: number): boolean;
  /** A block that was counted was not sent after all. */
  undo(piece: number, offset: number, length: number): void;
  /** What was sent of it may have been lost on its way: it is complete again when each block was sent once more. */
  reopen(piece: number): void;
  /** The piece is not begun any more; how often its blocks were sent stays counted. */
  abandon(piece: number): void;
  /** Not begun, and never sent. */
  forget(piece: number): void;
  /** Begun, not complete, and no block of it sent since this time (ms). */
  listIdle(sinceMs: number): number[];
  /** Pieces that are begun and not complete. */
  readonly incomplete: number;
}

interface Piece {
  readonly bytes: number;
  /** Low half: how often each block was sent; high half: how often since the piece was last begun or reopened. */
  readonly counts: Uint8Array;
  isBegun: boolean;
  /** Blocks that were not sent since the piece was last begun or reopened. */
  missing: number;
  sentAtMs: number;
}

const MOST = 15;
const HIGH = 16;

export function createPieceSends(): PieceSends {
  const pieces = new Map<number, Piece>();
  const incomplete = new Set<number>();

  const begun = (piece: number): Piece | null => {
    const found = pieces.get(piece);
    return found?.isBegun ? found : null;
  };
  const restart = (found: Piece): void => {
    found.missing = found.counts.length;
    for (let block = 0; block < found.counts.length; block++)
      found.counts[block] = (found.counts[block] as number) % HIGH;
  };
  const begin = (piece: number, bytes: number): Piece => {
    const count = Math.ceil(bytes / BLOCK_BYTES);
    const found = pieces.get(piece) ?? {
      bytes,
      counts: new Uint8Array(count),
      isBegun: true,
      missing: count,
      sentAtMs: 0,
    };
    found.isBegun = true;
    pieces.set(piece, found);
    incomplete.add(piece);
    return found;
  };

  return {
    sentTimes(piece, offset, length) {
      const counts = pieces.get(piece)?.counts;
      let most = 0;
      if (counts) {
        const end = Math.ceil((offset + length) / BLOCK_BYTES);
        for (let block = Math.floor(offset / BLOCK_BYTES); block < end; block++)
          most = Math.max(most, (counts[block] as number) % HIGH);
      }
      return most;
    },
    isBegun: (piece) => begun(piece) !== null,
    isComplete: (piece) => begun(piece)?.missing === 0,
    isTouched: (piece) => pieces.get(piece)?.counts.some((value) => value > 0) ?? false,
    pieceBytes: (piece) => begun(piece)?.bytes ?? 0,
    record(piece, pieceBytes, offset, length, nowMs) {
      const found = begun(piece) ?? begin(piece, pieceBytes);
      found.sentAtMs = nowMs;
      const wasComplete = found.missing === 0;
      const end = Math.ceil((offset + length) / BLOCK_BYTES);
      for (let block = Math.floor(offset / BLOCK_BYTES); block < end; block++) {
        const value = found.counts[block] as number;
        if (value < HIGH) found.missing--;
        const [times, lately] = [value % HIGH, Math.floor(value / HIGH)];
        found.counts[block] = Math.min(times + 1, MOST) + HIGH * Math.min(lately + 1, MOST);
      }
      const isCompleted = !wasComplete && found.missing === 0;
      if (isCompleted) incomplete.delete(piece);
      return isCompleted;
    },
    undo(piece, offset, length) {
      const found = begun(piece);
      if (!found) return;
      const end = Math.ceil((offset + length) / BLOCK_BYTES);
      for (let block = Math.floor(offset / BLOCK_BYTES); block < end; block++) {
        const value = found.counts[block] as number;
        // Reopened meanwhile: what was sent before then is doubtful as a whole.
        if (value < HIGH) continue;
        found.counts[block] = value - HIGH - 1;
        if (value < 2 * HIGH) found.missing++;
      }
      if (found.missing > 0) incomplete.add(piece);
    },
    reopen(piece) {
      const found = begun(piece);
      if (!found) return;
      restart(found);
      incomplete.add(piece);
    },
    abandon(piece) {
      const found = begun(piece);
      if (!found) return;
      restart(found);
      found.isBegun = false;
      incomplete.delete(piece);
    },
    forget(piece) {
      pieces.delete(piece);
      incomplete.delete(piece);
    },
    listIdle: (sinceMs) => [...incomplete].filter((piece) => (pieces.get(piece) as Piece).sentAtMs <= sinceMs),
    get incomplete() {
      return incomplete.size;
    },
  };
}
