const BUCKETS = 64;
/** A lifetime is this many ticks; the rest of the wheel is slack for a late sweep. */
const LIFETIME_TICKS = 32;

/**
 * Which slots have not been heard of for a lifetime. Each slot is in one bucket's list, by the tick
 * in which it expires. So filing, dropping and expiring a slot cost the same, however many there
 * are. Slots expire one tick late at most: a 32nd of the lifetime.
 */
export class Wheel {
  readonly #tickMs: number;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** The first slots of the buckets; -1: none. */
  readonly #heads = new Int32Array(BUCKETS).fill(-1);
  /** Of each slot. */
  readonly #bucket: Uint8Array;
  #tick: number;

  /** Times are milliseconds of a clock that never goes back. */
  constructor(capacity: number, lifetimeMs: number, now: number) {
    this.#tickMs = Math.max(1, Math.ceil(lifetimeMs / LIFETIME_TICKS));
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#bucket = new Uint8Array(capacity);
    this.#tick = Math.floor(now / this.#tickMs);
  }

  /** The slot was heard of `agoMs` before `now`. It must not be filed already. */
  file(slot: number, now: number, agoMs = 0): void {
    const due = Math.floor((now - agoMs) / this.#tickMs) + LIFETIME_TICKS + 1;
    const bucket = Math.min(Math.max(due, this.#tick + 1), this.#tick + BUCKETS - 1) % BUCKETS;
    const head = this.#heads[bucket] as number;
    this.#bucket[slot] = bucket;
    this.#previous[slot] = -1;
    this.#next[slot] = head;
    if (head >= 0) this.#previous[head] = slot;
    this.#heads[bucket] = slot;
  }

  /** How long ago the slot was heard of, to the tick. */
  agoMs(slot: number, now: number): number {
    const tick = Math.floor(now / this.#tickMs);
    // The only tick to come that has the slot's bucket.
    const due = tick + 1 + (((this.#bucket[slot] as number) - tick - 1 + 2 * BUCKETS * BUCKETS) % BUCKETS);
    return Math.max(0, (tick + LIFETIME_TICKS + 1 - due) * this.#tickMs);
  }

  drop(slot: number): void {
    const [previous, next] = [this.#previous[slot] as number, this.#next[slot] as number];
    if (previous >= 0) this.#next[previous] = next;
    else this.#heads[this.#bucket[slot] as number] = next;
    if (next >= 0) this.#previous[next] = previous;
  }

  /** Calls `expire` for each slot whose time is over; `expire` must drop it. */
  advance(now: number, expire: (slot: number) => void): void {
    const tick = Math.floor(now / this.#tickMs);
    // After a lap everything that was filed has expired.
    const laps = Math.min(tick - this.#tick, BUCKETS);
    for (let i = 1; i <= laps; i++) {
      const bucket = (this.#tick + i) % BUCKETS;
      for (let slot = this.#heads[bucket] as number; slot >= 0; slot = this.#heads[bucket] as number) expire(slot);
    }
    this.#tick = Math.max(this.#tick, tick);
  }
}
