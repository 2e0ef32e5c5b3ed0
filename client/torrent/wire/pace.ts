interface Waiting {
  readonly bytes: number;
  readonly run: () => void;
}

export interface PaceClock {
  readonly now: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
}

/** Timers are late. What was lost to that is made up for, as far as this. */
const CREDIT_MS = 250;

/**
 * Spreads what is taken over time, first come, first served. Each one waits until those before it
 * are paid off, so it may be larger than the bytes of a second.
 */
export class Pace {
  readonly #clock: PaceClock;
  readonly #waiting: Waiting[] = [];
  #rate: number | null;
  #freeAtMs = Number.NEGATIVE_INFINITY;
  #isRunning = false;
  #cancel: (() => void) | null = null;

  /** `rate`: bytes a second; null: no limit. */
  constructor(rate: number | null, clock: PaceClock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Holds for those that wait, too. */
  setRate(rate: number | null): void {
    if (rate === this.#rate) return;
    this.#rate = rate;
    this.#freeAtMs = Number.NEGATIVE_INFINITY;
    this.#runDue();
  }

  /** Calls `run` when its turn has come, maybe now. Returns how to give that up. */
  take(bytes: number, run: () => void): () => void {
    const one = { bytes, run };
    this.#waiting.push(one);
    this.#runDue();
    return () => {
      const index = this.#waiting.indexOf(one);
      if (index >= 0) this.#waiting.splice(index, 1);
    };
  }

  #runDue(): void {
    // What runs may take more.
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#cancel?.();
    this.#cancel = null;
    const { now, setTimer } = this.#clock;
    try {
      while (this.#waiting.length > 0 && (this.#rate === null || this.#freeAtMs <= now())) {
        const { bytes, run } = this.#waiting.shift() as Waiting;
        if (this.#rate !== null)
          this.#freeAtMs = Math.max(this.#freeAtMs, now() - CREDIT_MS) + (1_000 * bytes) / this.#rate;
        run();
      }
    } finally {
      this.#isRunning = false;
    }
    if (this.#waiting.length > 0) this.#cancel = setTimer(() => this.#runDue(), Math.max(1, this.#freeAtMs - now()));
  }
}
