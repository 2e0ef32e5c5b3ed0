import type { Wire } from "webtorrent";
import { type Hearing, isMuted, startHearing } from "./hearing.ts";
import { type Pipeline, startPipeline } from "./pipeline.ts";

/** A piece that is to be asked for. */
interface QueuedPiece {
  readonly piece: number;
  /** Blocks that were not asked for yet; null before the piece is begun. */
  blocksLeft: number | null;
}

/**
 * A wire holds as many pieces ready as it took in this time, so that stores are few and slow wires
 * hoard nothing.
 */
const LOOKAHEAD_MS = 500;
const MIN_LOOKAHEAD_PIECES = 2;

/**
 * A wire that the picker drives, and the stored pieces that it has still to be asked for, in order.
 */
export class DrivenWire {
  readonly wire: Wire;
  readonly wireId: string;
  /** Longest request that the remote answers. */
  readonly maxRequestBytes: number;
  /** The record of an assignment is being stored. */
  isAssigning = false;
  hearing: Hearing;
  pipeline: Pipeline = startPipeline();
  /** The last piece that came had the right hash. */
  isProven = false;
  /** Pieces that were taken over: the answer to their cancelled requests refuses nothing. */
  readonly lost = new Set<number>();
  readonly #queue: QueuedPiece[] = [];
  /** Length of the queue after the last refill, and when that was. */
  #refilledPieces = MIN_LOOKAHEAD_PIECES;
  #refilledAtMs: number;

  constructor(wire: Wire, wireId: string, maxRequestBytes: number, nowMs: number) {
    this.wire = wire;
    this.wireId = wireId;
    this.maxRequestBytes = maxRequestBytes;
    this.hearing = startHearing(nowMs);
    this.#refilledAtMs = nowMs;
  }

  get next(): QueuedPiece | undefined {
    return this.#queue[0];
  }

  /** The next piece was asked for in full. */
  shift(): void {
    this.#queue.shift();
  }

  /** `isNext`: asked for before everything else that is not begun. */
  enqueue(pieces: readonly number[], isNext: boolean): void {
    const ready = pieces.map((piece) => ({ piece, blocksLeft: null }));
    const begun = this.#queue.filter(({ blocksLeft }) => blocksLeft !== null).length;
    this.#queue.splice(isNext ? begun : this.#queue.length, 0, ...ready);
  }

  drop(pieces: readonly number[]): void {
    const gone = new Set(pieces);
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter(({ piece }) => !gone.has(piece)));
  }

  isMuted(nowMs: number): boolean {
    return isMuted(this.hearing, nowMs);
  }

  /** Refills start at half: batches, not single pieces. */
  get isHalfFull(): boolean {
    return 2 * this.#queue.length > this.#refilledPieces;
  }

  /** How many pieces to add, by how fast those of the last refill went. */
  wanted(nowMs: number): number {
    const [ready, left] = [this.#refilledPieces, this.#queue.length];
    const rate = (ready - left) / Math.max(1, nowMs - this.#refilledAtMs);
    return Math.max(MIN_LOOKAHEAD_PIECES, Math.min(2 * ready, Math.ceil(rate * LOOKAHEAD_MS))) - left;
  }

  /** So many pieces are about to be added. */
  refilled(pieces: number, nowMs: number): void {
    this.#refilledPieces = this.#queue.length + pieces;
    this.#refilledAtMs = nowMs;
  }
}
