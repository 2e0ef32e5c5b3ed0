import type { Piece, Torrent } from "webtorrent";
import { BLOCK_BYTES } from "../../../protocol/base/constants.ts";

/**
 * Where the blocks of pieces under way are collected, in place of webtorrent's own `Piece`: one buffer for a whole piece that
 * blocks are read into, and blocks as long as the remote answers, since a request costs the same whatever its length.
 * Buffers are used again: each one that is left to the garbage collector is paid for with a walk over the whole heap.
 */
export interface PieceBuffers {
  /** The piece is asked of one wire from now on. @returns in how many blocks */
  begin(piece: number, blockBytes: number): number;
  /** Where a block that is on its way belongs; null: it was not asked for like this. */
  target(piece: number, offset: number, length: number): Uint8Array | null;
  /** What came of the piece is of no use: blocks of two sources must never meet in one piece. */
  drop(piece: number): void;
  /** The piece is on the disk: nobody reads its buffer any more. */
  recycle(piece: number): void;
  /** Complete, but its hash or its write is still under way: it is the source's until that is known. */
  isFull(piece: number): boolean;
}

/** Idle buffers that are kept, in bytes: a window's worth. */
const MAX_IDLE_BYTES = 8 * 1024 * 1024;

export function createPieceBuffers(torrent: Torrent, lengthOf: (piece: number) => number): PieceBuffers {
  const maxIdle = Math.max(1, Math.floor(MAX_IDLE_BYTES / torrent.pieceLength));
  const idle: Uint8Array[] = [];
  /** Handed to webtorrent, which hashes and writes them. */
  const flushed = new Map<number, Uint8Array>();

  const reset = (piece: number, blockBytes: number): PieceBuffer => {
    const length = lengthOf(piece);
    const buffer = new PieceBuffer(
      length,
      blockBytes,
      // It is read only when every block has come, so what is in it before does not matter.
      () => (length === torrent.pieceLength ? idle.pop() : undefined) ?? Buffer.allocUnsafeSlow(length),
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

/** What webtorrent's `_request` wants of a piece: which block comes next, and where to put it. */
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
  /** Asked for, and not answered: asked again first. */
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

  /** Index of the next block to ask for; -1: all are asked for. */
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
