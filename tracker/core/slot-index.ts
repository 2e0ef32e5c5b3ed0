/**
 * Finds slots by hash: open addressing with linear probing, 4 bytes a cell. `hashes[slot]` is the
 * owner's; it must not change while the slot is in the index.
 */
export class SlotIndex {
  readonly #cells: Int32Array;
  readonly #mask: number;
  readonly #hashes: Uint32Array;

  /** At most half of the cells are ever used: `hashes.length` slots. */
  constructor(hashes: Uint32Array) {
    const cells = 2 ** Math.ceil(Math.log2(2 * hashes.length + 2));
    this.#cells = new Int32Array(cells);
    this.#mask = cells - 1;
    this.#hashes = hashes;
  }

  /** The slot with this hash that `isIt` accepts; -1: none. */
  find(hash: number, isIt: (slot: number) => boolean): number {
    for (let cell = hash & this.#mask; ; cell = (cell + 1) & this.#mask) {
      const slot = (this.#cells[cell] as number) - 1;
      if (slot < 0) return -1;
      if (this.#hashes[slot] === hash && isIt(slot)) return slot;
    }
  }

  add(slot: number): void {
    let cell = (this.#hashes[slot] as number) & this.#mask;
    while (this.#cells[cell] !== 0) cell = (cell + 1) & this.#mask;
    this.#cells[cell] = slot + 1;
  }

  remove(slot: number): void {
    let hole = (this.#hashes[slot] as number) & this.#mask;
    while (this.#cells[hole] !== slot + 1) hole = (hole + 1) & this.#mask;
    // Later cells of the run move up, unless the hole lies before their home.
    for (let cell = (hole + 1) & this.#mask; this.#cells[cell] !== 0; cell = (cell + 1) & this.#mask) {
      const home = (this.#hashes[(this.#cells[cell] as number) - 1] as number) & this.#mask;
      if (((cell - home) & this.#mask) < ((cell - hole) & this.#mask)) continue;
      this.#cells[hole] = this.#cells[cell] as number;
      hole = cell;
    }
    this.#cells[hole] = 0;
  }
}
