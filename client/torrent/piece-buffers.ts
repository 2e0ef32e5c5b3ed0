import type { Piece, Torrent } from "webtorrent";
import { BLOCK_BYTES } from "../../protocol/constants.ts";

/**
 * Where the blocks of pieces under way are collected, in place of webtorrent's own `Piece`: one buffer for a whole piece, and
 * blocks as long as the remote answers, since a request costs the same whatever its length.
 */
export interface PieceBuffers {
  /** The piece is asked of one wire from now on. @returns in how many blocks */
  begin(piece: number, blockBytes: number): number;
  /** What came of the piece is of no use: blocks of two sources must never meet in one piece. */
  drop(piece: number): void;
  /** Complete, but its hash or its write is still under way: it is the source's until that is known. */
  isFull(piece: number): boolean;
}

export function createPieceBuffers(torrent: Torrent, lengthOf: (piece: number) => number): PieceBuffers {
  const reset = (piece: number, blockBytes: number): PieceBuffer => {
    const buffer = new PieceBuffer(lengthOf(piece), blockBytes);
    torrent.pieces[piece] = buffer;
    torrent._reservations[piece] = [];
    return buffer;
  };
  return {
    begin: (piece, blockBytes) => reset(piece, blockBytes).blockCount,
    drop(piece) {
      if (torrent.pieces[piece]) reset(piece, BLOCK_BYTES);
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
  #bytes: Uint8Array | null = null;
  #next = 0;
  /** Asked for, and not answered: asked again first. */
  readonly #cancelled: number[] = [];
  readonly #has: Uint8Array;

  constructor(length: number, blockBytes: number) {
    this.length = length;
    this.missing = length;
    this.#blockBytes = blockBytes;
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

  /** @returns whether the piece is complete */
  set(block: number, bytes: Uint8Array): boolean {
    if (this._flushed) return false;
    // Handed out when every block has come, so what is in it before does not matter.
    this.#bytes ??= Buffer.allocUnsafeSlow(this.length);
    if (this.#has[block] === 0 && bytes.length === this.chunkLength(block)) {
      this.#has[block] = 1;
      this.#bytes.set(bytes, this.chunkOffset(block));
      this.missing -= bytes.length;
    }
    return this.missing === 0;
  }

  /** The whole piece, once. */
  flush(): Uint8Array | null {
    if (this.missing > 0 || this._flushed) return null;
    this._flushed = true;
    const bytes = this.#bytes;
    this.#bytes = null;
    return bytes;
  }
}
