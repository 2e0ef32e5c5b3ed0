/**
 * The chain's clock as the authority tells it, carried on between its answers. Seconds since 1970.
 */
export interface PeerClock {
  now(): number;
  /** The authority's time, newer than any before. A devnet's clock may have jumped. */
  sync(now: number): void;
}

/** `monotonicMs`: any clock that only moves forward. */
export function createPeerClock(now: number, monotonicMs: () => number): PeerClock {
  let base = now;
  let baseMs = monotonicMs();
  return {
    now: () => base + Math.floor((monotonicMs() - baseMs) / 1000),
    sync(told) {
      base = told;
      baseMs = monotonicMs();
    },
  };
}
