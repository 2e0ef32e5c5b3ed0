/**
 * Missing pieces that have no source, in no order. Adding, removing and looking up take constant
 * time.
 */
export class FreePieces implements Iterable<number> {
  readonly #pieces: number[] = [];
  /** Where each piece is in `#pieces`; -1 when it is absent. */
  readonly #position: Int32Array;

  constructor(pieceCount: number) {
    this.#position = new Int32Array(pieceCount).fill(-1);
  }

  has(piece: number): boolean {
    return this.#position[piece] !== -1;
  }

  add(piece: number): void {
    if (this.has(piece)) return;
    this.#position[piece] = this.#pieces.push(piece) - 1;
  }

  /** The piece must be in the set. */
  remove(piece: number): void {
    const at = this.#position[piece] as number;
    const last = this.#pieces.pop() as number;
    if (last !== piece) {
      this.#pieces[at] = last;
      this.#position[last] = at;
    }
    this.#position[piece] = -1;
  }

  [Symbol.iterator](): ArrayIterator<number> {
    return this.#pieces.values();
  }
}
