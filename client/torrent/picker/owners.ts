import type { PieceMarket } from "./resale.ts";

/** How many wires have each piece, and how many of them would buy what they lack. */
export class Owners {
  /** By piece. */
  readonly counts: Uint32Array;
  readonly #asking: Uint32Array;
  #askingWires = 0;

  constructor(pieceCount: number) {
    this.counts = new Uint32Array(pieceCount);
    this.#asking = new Uint32Array(pieceCount);
  }

  /** One more wire has this piece, or one less. */
  changed(piece: number, sign: 1 | -1, isAsking: boolean): void {
    add(this.counts, piece, sign);
    if (isAsking) add(this.#asking, piece, sign);
  }

  /** A wire comes or leaves. `has`: 1 for each piece that it has. */
  wireChanged(has: Uint8Array, sign: 1 | -1, isAsking: boolean): void {
    for (let piece = 0; piece < has.length; piece++) if (has[piece] === 1) add(this.counts, piece, sign);
    if (isAsking) this.askingChanged(has, sign);
  }

  /** A wire asks from now on, or does not any more. */
  askingChanged(has: Uint8Array, sign: 1 | -1): void {
    this.#askingWires += sign;
    for (let piece = 0; piece < has.length; piece++) if (has[piece] === 1) add(this.#asking, piece, sign);
  }

  readonly marketOf = (piece: number): PieceMarket => {
    const asking = this.#askingWires - (this.#asking[piece] as number);
    return { asking, holding: this.counts[piece] as number };
  };
}

function add(counts: Uint32Array, piece: number, sign: 1 | -1): void {
  counts[piece] = (counts[piece] as number) + sign;
}
