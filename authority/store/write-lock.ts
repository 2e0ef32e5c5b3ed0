/** Writers that queue up share a turn of the event loop for this long, then let it go on. */
const TURN_MS = 4;

/** One writer at a time, in the order in which they came. */
export class WriteLock {
  #last: Promise<void> = Promise.resolve();
  /** When this turn of the event loop got its first writer; null: it has had none. */
  #turnSince: number | null = null;

  /** Resolves when it is this writer's turn, with what ends it. */
  async take(): Promise<() => void> {
    const own = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = own.promise;
    await before;
    await this.#yield();
    return own.resolve;
  }

  /** Promises alone would run all that wait in one turn, and nothing else would run meanwhile. */
  async #yield(): Promise<void> {
    const now = performance.now();
    if (this.#turnSince === null) {
      this.#turnSince = now;
      setImmediate(() => {
        this.#turnSince = null;
      });
    } else if (now - this.#turnSince > TURN_MS) await new Promise((resolve) => setImmediate(resolve));
  }
}
