/** After so many answers in a row more blocks are tried: a refused try costs a question. */
const GOOD_BEFORE_MORE = 8;

/** How many blocks a node answers for at once. It shrinks when a node refuses, and grows again. */
export class LogRange {
  readonly #most: number;
  #blocks: number;
  #good = 0;

  constructor(most: number) {
    this.#most = most;
    this.#blocks = most;
  }

  get blocks(): number {
    return this.#blocks;
  }

  /** Half of it. False: it is one block, and that is refused, too. */
  shrink(): boolean {
    if (this.#blocks === 1) return false;
    this.#blocks = Math.floor(this.#blocks / 2);
    this.#good = 0;
    return true;
  }

  /** It was answered for. */
  grow(): void {
    if (++this.#good < GOOD_BEFORE_MORE) return;
    this.#good = 0;
    this.#blocks = Math.min(this.#blocks * 2, this.#most);
  }
}
