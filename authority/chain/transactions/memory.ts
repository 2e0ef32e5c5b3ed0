import { BackOff } from "../../back-off.ts";

/**
 * What this process remembers of an action that has not ended. A restart forgets it, and learns it
 * again from the nodes.
 */
export interface Remembered {
  cancelReason: string | null;
  isUnderpriced: boolean;
  sentAtBlock: number | null;
  /** When the chain has this many of our transactions, all that it may need are there. */
  afterNonce: number | null;
  /** What the nodes said when it went wrong last. */
  trouble: string | null;
}

const MAX_DELAY_SEC = 60;

export class Memory {
  readonly #known = new Map<number, Remembered>();
  readonly #backOff = new BackOff(MAX_DELAY_SEC);

  of(id: number): Remembered {
    const known = this.#known.get(id);
    if (known) return known;
    const fresh: Remembered = {
      cancelReason: null,
      isUnderpriced: false,
      sentAtBlock: null,
      afterNonce: null,
      trouble: null,
    };
    this.#known.set(id, fresh);
    return fresh;
  }

  /** Until when it is left alone, seconds since 1970. */
  notBefore(id: number): number {
    return this.#backOff.dueAt(String(id));
  }

  /** Leaves it alone for 1, 2, 4 … seconds, a minute at most. */
  pause(id: number, now: number, trouble: string): void {
    this.#backOff.failed(String(id), now);
    this.of(id).trouble = trouble;
  }

  goesOn(id: number): void {
    this.#backOff.succeeded(String(id));
    this.of(id).trouble = null;
  }

  keepOnly(ids: ReadonlySet<number>): void {
    for (const id of this.#known.keys()) {
      if (ids.has(id)) continue;
      this.#known.delete(id);
      this.#backOff.succeeded(String(id));
    }
  }
}
