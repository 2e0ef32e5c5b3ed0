import type { Block } from "./block.ts";

/**
 * The authority's clock, seconds since 1970: the chain's time, carried on between blocks.
 * It therefore also runs when the node stands still.
 */
export interface Clock {
  now(): number;
  /**
   * Takes over the time of the newest block. The clock stands still where that would turn it back a
   * little, and goes back where it was far ahead.
   */
  sawBlock(block: Pick<Block, "timestamp">): void;
}

/** Between two blocks this machine's clock may be so much faster than the chain's. */
const MAX_STANDSTILL_SEC = 60;

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
      if (last > base + MAX_STANDSTILL_SEC) last = base;
    },
  };
}
