import { BLOCK_BYTES } from "../../../protocol/base/constants.ts";

interface Piece {
  readonly bytes: number;
  /**
   * One byte per block. Low half: how often it was sent. High half: how often since the piece was
   * last begun or reopened.
   */
  readonly counts: Uint8Array;
  isBegun: boolean;
  /** `#settlements` when the piece was begun. */
  readonly settlements: number;
  /** Blocks that were not sent since the piece was last begun or reopened. */
  missing: number;
  sentAtMs: number;
}

const MOST = 15;
const HIGH = 16;

/**
 * Which blocks of a content one session was sent, and how often. A piece is begun with its first
 * block, and complete with its last. Mutable, since it is touched for each block.
 */
export class PieceSends {
  readonly #pieces = new Map<number, Piece>();
  readonly #incomplete = new Set<number>();
  #settlements = 0;

  /** Pieces that are begun and not complete. */
  get incomplete(): number {
    return this.#incomplete.size;
  }

  /** All that was begun is paid: a complete piece that is asked for again is bought anew. */
  settle(): void {
    this.#settlements++;
  }

  /** Highest count over the blocks that this range touches. */
  sentTimes(piece: number, offset: number, length: number): number {
    const counts = this.#known(piece)?.counts;
    let most = 0;
    if (counts) {
      const end = Math.ceil((offset + length) / BLOCK_BYTES);
      for (let block = Math.floor(offset / BLOCK_BYTES); block < end; block++)
        most = Math.max(most, (counts[block] as number) % HIGH);
    }
    return most;
  }

  isBegun(piece: number): boolean {
    return this.#begun(piece) !== null;
  }

  isComplete(piece: number): boolean {
    return this.#begun(piece)?.missing === 0;
  }

  /** At least one block of the piece was ever sent. */
  isTouched(piece: number): boolean {
    return this.#known(piece)?.counts.some((value) => value > 0) ?? false;
  }

  /** Bytes of a begun piece; 0 when it is not begun. */
  pieceBytes(piece: number): number {
    return this.#begun(piece)?.bytes ?? 0;
  }

  /** Counts a block. True: the piece is complete with it, and was not before. */
  record(piece: number, pieceBytes: number, offset: number, length: number, nowMs: number): boolean {
    const found = this.#begun(piece) ?? this.#begin(piece, pieceBytes);
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
    if (isCompleted) this.#incomplete.delete(piece);
    return isCompleted;
  }

  /** A block that was counted was not sent after all. */
  undo(piece: number, offset: number, length: number): void {
    const found = this.#begun(piece);
    if (!found) return;
    const end = Math.ceil((offset + length) / BLOCK_BYTES);
    for (let block = Math.floor(offset / BLOCK_BYTES); block < end; block++) {
      const value = found.counts[block] as number;
      // Reopened meanwhile: everything that was sent before then is doubtful.
      if (value < HIGH) continue;
      found.counts[block] = value - HIGH - 1;
      if (value < 2 * HIGH) found.missing++;
    }
    if (found.missing > 0) this.#incomplete.add(piece);
  }

  /**
   * What was sent of the piece may have been lost: it is complete again when each block was sent
   * once more.
   */
  reopen(piece: number): void {
    const found = this.#begun(piece);
    if (!found) return;
    restart(found);
    this.#incomplete.add(piece);
  }

  /** The piece is no longer begun. How often its blocks were sent stays counted. */
  abandon(piece: number): void {
    const found = this.#begun(piece);
    if (!found) return;
    restart(found);
    found.isBegun = false;
    this.#incomplete.delete(piece);
  }

  /** As if the piece had never been begun or sent. */
  forget(piece: number): void {
    this.#pieces.delete(piece);
    this.#incomplete.delete(piece);
  }

  /**
   * Pieces that are begun and not complete, and of which no block was sent since this time (ms).
   */
  listIdle(sinceMs: number): number[] {
    return [...this.#incomplete].filter((piece) => (this.#pieces.get(piece) as Piece).sentAtMs <= sinceMs);
  }

  #begun(piece: number): Piece | null {
    const found = this.#known(piece);
    return found?.isBegun ? found : null;
  }

  /** What was sent of the piece, unless it was sent in full and paid. */
  #known(piece: number): Piece | undefined {
    const found = this.#pieces.get(piece);
    const isPaid = found?.missing === 0 && found.settlements < this.#settlements;
    return isPaid ? undefined : found;
  }

  #begin(piece: number, bytes: number): Piece {
    const count = Math.ceil(bytes / BLOCK_BYTES);
    const found = this.#known(piece) ?? {
      bytes,
      settlements: this.#settlements,
      counts: new Uint8Array(count),
      isBegun: true,
      missing: count,
      sentAtMs: 0,
    };
    found.isBegun = true;
    this.#pieces.set(piece, found);
    this.#incomplete.add(piece);
    return found;
  }
}

function restart(found: Piece): void {
  found.missing = found.counts.length;
  for (let block = 0; block < found.counts.length; block++)
    found.counts[block] = (found.counts[block] as number) % HIGH;
}
