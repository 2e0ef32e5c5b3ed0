import type { ConfirmedBlock } from "../allotments/reservations.ts";

/** T's clock: the chain's, carried on between blocks, so that it also runs when the node stands still. Seconds since 1970. */
export interface Clock {
  now(): number;
  /** A newer block: its time counts, unless it would turn the clock back. */
  sawBlock(block: ConfirmedBlock): void;
}

/** `monotonicMs`: any clock that only moves forward. */
export function createClock(monotonicMs: () => number): Clock {
  let base = 0;
  let baseMs = monotonicMs();
  let last = 0;
  const now = (): number => {
    last = Math.max(last, base + Math.floor((monotonicMs() - baseMs) / 1000));
    return last;
  };
  return {
    now,
    sawBlock({ timestamp }) {
      if (timestamp === base) return;
      base = timestamp;
      baseMs = monotonicMs();
    },
  };
}
