/**
 * Counts by 32-bit hash. Two keys with one hash share a count: of a million keys, one new key in
 * 4,000 meets another, and then finds its quota smaller.
 */
export class Tally {
  readonly #hashes: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #mask: number;

  /** `capacity`: the most keys at once. */
  constructor(capacity: number) {
    const cells = 2 ** Math.ceil(Math.log2(1.5 * capacity + 2));
    this.#hashes = new Uint32Array(cells);
    this.#counts = new Uint32Array(cells);
    this.#mask = cells - 1;
  }

  count(hash: number): number {
    return this.#counts[this.#find(hash)] as number;
  }

  add(hash: number): void {
    const cell = this.#find(hash);
    this.#hashes[cell] = hash;
    this.#counts[cell] = (this.#counts[cell] as number) + 1;
  }

  subtract(hash: number): void {
    const cell = this.#find(hash);
    this.#counts[cell] = (this.#counts[cell] as number) - 1;
    if (this.#counts[cell] === 0) this.#close(cell);
  }

  /** The key's cell, or the empty cell where it would go. */
  #find(hash: number): number {
    let cell = hash & this.#mask;
    while (this.#counts[cell] !== 0 && this.#hashes[cell] !== hash) cell = (cell + 1) & this.#mask;
    return cell;
  }

  /** Later cells of the run move up, unless the hole lies before their home. */
  #close(empty: number): void {
    let hole = empty;
    for (let cell = (hole + 1) & this.#mask; this.#counts[cell] !== 0; cell = (cell + 1) & this.#mask) {
      const home = (this.#hashes[cell] as number) & this.#mask;
      if (((cell - home) & this.#mask) < ((cell - hole) & this.#mask)) continue;
      this.#hashes[hole] = this.#hashes[cell] as number;
      this.#counts[hole] = this.#counts[cell] as number;
      this.#counts[cell] = 0;
      hole = cell;
    }
    this.#counts[hole] = 0;
  }
}
