/**
 * Work of many owners, a piece of each in turn: however much one of them brings, another waits for
 * one piece of each. Pure.
 */
export class FairQueue<Piece> {
  /** The owner whose turn it is stands first. */
  readonly #owners = new Map<string, Piece[]>();

  push(owner: string, piece: Piece): void {
    const own = this.#owners.get(owner);
    if (own === undefined) this.#owners.set(owner, [piece]);
    else own.push(piece);
  }

  /** Undefined: there is nothing to do. */
  shift(): Piece | undefined {
    const next = this.#owners.entries().next();
    if (next.done) return undefined;
    const [owner, own] = next.value;
    const piece = own.shift();
    this.#owners.delete(owner);
    if (own.length > 0) this.#owners.set(owner, own);
    return piece;
  }
}
