/**
 * GCRA (ITU-T I.371, "generic cell rate algorithm"): each key may do `perMinute` things a minute,
 * and a minute's worth at once.
 */
export class RateLimit {
  readonly #stepMs: number;
  /** When each key is even again, in ms; keys that are even are left out in time. */
  readonly #even = new Map<string, number>();

  constructor(perMinute: number) {
    this.#stepMs = 60_000 / perMinute;
  }

  /** False: too many. `now`: milliseconds of a clock that never goes back. */
  allow(key: string, now: number): boolean {
    const even = Math.max(this.#even.get(key) ?? 0, now);
    if (even - now > 60_000 - this.#stepMs) return false;
    this.#even.set(key, even + this.#stepMs);
    return true;
  }

  /** Forgets keys that are even. */
  sweep(now: number): void {
    for (const [key, even] of this.#even) if (even <= now) this.#even.delete(key);
  }
}
