import type { Piece, Torrent } from "webtorrent";
import { BLOCK_BYTES } from "../../../protocol/base/constants.ts";

/**
 * Collects the blocks of pieces under way, in place of webtorrent's own `Piece`. Blocks are read
 * into one buffer for the whole piece. They are as long as the remote allows, since a request costs
 * the same whatever its length. Buffers are reused: each one left to the garbage collector costs a
 * walk over the whole heap.
 */
export interface PieceBuffers {
  /** One wire is asked for the piece from now on. @returns in how many blocks */
  begin(piece: number, blockBytes: number): number;
  /** Where an arriving block belongs; null when it was not asked for like this. */
  target(piece: number, offset: number, length: number): Uint8Array | null;
  /** Discards what came of the piece: blocks of two sources must never meet in one piece. */
  drop(piece: number): void;
  /** The piece is on disk, so its buffer can be reused. */
  recycle(piece: number): void;
  /**
   * All blocks came, but the hash or the write is still under way: the piece stays its source's
   * until then.
   */
  isFull(piece: number): boolean;
}

/** Bytes of idle buffers that are kept: a window's worth. */
const MAX_IDLE_BYTES = 8 * 1024 * 1024;

/** `lengthOf`: without padding. `allocate` gives memory that may hold anything. */
export function createPieceBuffers(
  torrent: Torrent,
  lengthOf: (piece: number) => number,
  allocate: (length: number) => Uint8Array,
): PieceBuffers {
  const maxIdle = Math.max(1, Math.floor(MAX_IDLE_BYTES / torrent.pieceLength));
  const idle: Uint8Array[] = [];
  /** Buffers that webtorrent hashes and writes. */
  const flushed = new Map<number, Uint8Array>();

  const reset = (piece: number, blockBytes: number): PieceBuffer => {
    const length = lengthOf(piece);
    const whole = piece === torrent.pieces.length - 1 ? torrent.lastPieceLength : torrent.pieceLength;
    const buffer = new PieceBuffer(
      length,
      blockBytes,
      // It is read only when every block has come, so its old content does not matter.
      () => {
        const bytes = (whole === torrent.pieceLength ? idle.pop() : undefined) ?? allocate(whole);
        // The padding, which nobody sends, is part of what is hashed (BEP 47).
        return length < whole ? bytes.fill(0, length) : bytes;
      },
      (bytes) => flushed.set(piece, bytes),
    );
    torrent.pieces[piece] = buffer;
    torrent._reservations[piece] = [];
    return buffer;
  };

  return {
    begin: (piece, blockBytes) => reset(piece, blockBytes).blockCount,
    target(piece, offset, length) {
      const buffer = torrent.pieces[piece];
      return buffer instanceof PieceBuffer ? buffer.target(offset, length) : null;
    },
    drop(piece) {
      flushed.delete(piece);
      if (torrent.pieces[piece]) reset(piece, BLOCK_BYTES);
    },
    recycle(piece) {
      const bytes = flushed.get(piece);
      flushed.delete(piece);
      if (bytes?.length === torrent.pieceLength && idle.length < maxIdle) idle.push(bytes);
    },
    isFull: (piece) => torrent.pieces[piece]?._flushed ?? true,
  };
}

/** A piece as webtorrent's `_request` uses it: which block comes next, and where to put it. */
class PieceBuffer implements Piece {
  readonly length: number;
  readonly blockCount: number;
  missing: number;
  _flushed = false;
  readonly #blockBytes: number;
  readonly #allocate: () => Uint8Array;
  readonly #onFlush: (bytes: Uint8Array) => void;
  #bytes: Uint8Array | null = null;
  #next = 0;
  /** Blocks that were asked for and not answered. They are asked for again first. */
  readonly #cancelled: number[] = [];
  readonly #has: Uint8Array;

  constructor(length: number, blockBytes: number, allocate: () => Uint8Array, onFlush: (bytes: Uint8Array) => void) {
    this.length = length;
    this.missing = length;
    this.#blockBytes = blockBytes;
    this.#allocate = allocate;
    this.#onFlush = onFlush;
    this.blockCount = Math.ceil(length / blockBytes);
    this.#has = new Uint8Array(this.blockCount);
  }

  /** Index of the next block to ask for; -1 when none is left. */
  reserve(): number {
    if (this._flushed) return -1;
    return this.#cancelled.pop() ?? (this.#next < this.blockCount ? this.#next++ : -1);
  }

  cancel(block: number): void {
    if (!this._flushed) this.#cancelled.push(block);
  }

  chunkOffset(block: number): number {
    return block * this.#blockBytes;
  }

  chunkLength(block: number): number {
    return Math.min(this.#blockBytes, this.length - block * this.#blockBytes);
  }

  target(offset: number, length: number): Uint8Array | null {
    const block = offset / this.#blockBytes;
    const isMissing = !this._flushed && this.#has[block] === 0 && length === this.chunkLength(block);
    return isMissing ? this.#memory().subarray(offset, offset + length) : null;
  }

  /** `bytes` may be the block's own `target`. @returns whether the piece is complete */
  set(block: number, bytes: Uint8Array): boolean {
    if (this._flushed) return false;
    if (this.#has[block] === 0 && bytes.length === this.chunkLength(block)) {
      const memory = this.#memory();
      const offset = this.chunkOffset(block);
      const isInPlace = bytes.buffer === memory.buffer && bytes.byteOffset === memory.byteOffset + offset;
      if (!isInPlace) memory.set(bytes, offset);
      this.#has[block] = 1;
      this.missing -= bytes.length;
    }
    return this.missing === 0;
  }

  /** The whole piece, once. */
  flush(): Uint8Array | null {
    const bytes = this.#bytes;
    if (this.missing > 0 || bytes === null) return null;
    this._flushed = true;
    this.#bytes = null;
    this.#onFlush(bytes);
    return bytes;
  }

  #memory(): Uint8Array {
    this.#bytes ??= this.#allocate();
    return this.#bytes;
  }
}
