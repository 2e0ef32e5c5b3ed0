/**
 * When to try again what has failed: after 1, 2, 4 … seconds, up to a limit. Each key counts for
 * itself. A restart forgets it all, and tries at once.
 */
export class BackOff {
  readonly #limitSec: number;
  readonly #waiting = new Map<string, { readonly delaySec: number; readonly until: number }>();

  constructor(limitSec: number) {
    this.#limitSec = limitSec;
  }

  /** Seconds, on the clock of `failed`; 0 when it has not failed. */
  dueAt(key: string): number {
    return this.#waiting.get(key)?.until ?? 0;
  }

  /** `now`: seconds, as in `failed`. */
  isDue(key: string, now: number): boolean {
    return now >= this.dueAt(key);
  }

  failed(key: string, now: number): void {
    const before = this.#waiting.get(key);
    const delaySec = Math.min(this.#limitSec, before === undefined ? 1 : before.delaySec * 2);
    this.#waiting.set(key, { delaySec, until: now + delaySec });
  }

  succeeded(key: string): void {
    this.#waiting.delete(key);
  }
}
