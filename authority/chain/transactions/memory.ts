/**
 * What this process remembers of an action that has not ended. A restart forgets it, and learns it
 * again from the nodes.
 */
export interface Remembered {
  /** Seconds since 1970. */
  notBefore: number;
  /** Of the last wait, seconds. */
  delaySec: number;
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

  of(id: number): Remembered {
    const known = this.#known.get(id);
    if (known) return known;
    const fresh: Remembered = {
      notBefore: 0,
      delaySec: 0,
      cancelReason: null,
      isUnderpriced: false,
      sentAtBlock: null,
      afterNonce: null,
      trouble: null,
    };
    this.#known.set(id, fresh);
    return fresh;
  }

  /** Leaves it alone for 1, 2, 4 … seconds, a minute at most. */
  pause(id: number, now: number, trouble: string): void {
    const one = this.of(id);
    one.delaySec = Math.min(MAX_DELAY_SEC, Math.max(1, one.delaySec * 2));
    one.notBefore = now + one.delaySec;
    one.trouble = trouble;
  }

  goesOn(id: number): void {
    Object.assign(this.of(id), { notBefore: 0, delaySec: 0, trouble: null });
  }

  keepOnly(ids: ReadonlySet<number>): void {
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
  }
}
