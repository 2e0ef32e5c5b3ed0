import { type Rate, takeUnits } from "./gcra.ts";

const SWEEP_MS = 10_000;
/** About 10 MB. Beyond it the caller that has been quiet longest is forgotten. */
const MAX_KEYS = 100_000;

/**
 * Units per key, such as a network prefix or an account, in bounded memory. `nowMs`: a monotonic
 * clock, so that a clock that is set changes no limit.
 */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #nowMs: () => number;
  readonly #maxKeys: number;
  /** When each key's bucket is empty; the key that took last stands last. */
  readonly #emptyAt = new Map<string, number>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(rate: Rate, nowMs: () => number, maxKeys = MAX_KEYS) {
    this.#rate = rate;
    this.#nowMs = nowMs;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#emptyAt.size;
  }

  /** 0: taken. Otherwise nothing is, and the same may be asked again after so many milliseconds. */
  take(key: string, cost: number): number {
    const now = this.#nowMs();
    const { emptyAt, waitMs } = takeUnits(this.#rate, this.#emptyAt.get(key) ?? now, cost, now);
    if (waitMs === 0) this.#set(key, emptyAt, now);
    return waitMs;
  }

  /** In how many milliseconds so much could be taken; 0: now. */
  wait(key: string, cost: number): number {
    const now = this.#nowMs();
    return takeUnits(this.#rate, this.#emptyAt.get(key) ?? now, cost, now).waitMs;
  }

  /** Gives back what turned out to cost less. */
  refund(key: string, cost: number): void {
    const emptyAt = this.#emptyAt.get(key);
    if (emptyAt !== undefined) this.#emptyAt.set(key, emptyAt - (cost * 1_000) / this.#rate.perSecond);
  }

  #set(key: string, emptyAt: number, now: number): void {
    this.#emptyAt.delete(key);
    this.#emptyAt.set(key, emptyAt);
    if (now >= this.#sweptAt + SWEEP_MS) {
      this.#sweptAt = now;
      // An empty bucket is the same as none.
      for (const [other, at] of this.#emptyAt) if (at <= now) this.#emptyAt.delete(other);
    }
    const quietest = this.#emptyAt.keys().next();
    if (this.#emptyAt.size > this.#maxKeys && !quietest.done) this.#emptyAt.delete(quietest.value);
  }
}
