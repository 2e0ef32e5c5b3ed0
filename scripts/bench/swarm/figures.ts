import type { Round, Side } from "./round.ts";

/**
 * What the rounds of one side come to. Times in seconds: medians over the rounds of the mean, and
 * of the worst, download.
 */
export interface SideFigures {
  readonly mean: number;
  readonly worst: number;
  /** Share of all bytes that came from the seeders that were there first. */
  readonly originShare: number;
  readonly cpuSeconds: number;
  /** Of all rounds: the cache that ended with least, base units; null: there was none. */
  readonly worstCache: bigint | null;
}

export function figuresOf(rounds: readonly Round[], side: Side): SideFigures {
  const own = rounds.filter((round) => round.side === side);
  const over = (of: (round: Round) => number): number => median(own.map(of));
  return {
    mean: over(({ seconds }) => seconds.reduce((sum, next) => sum + next, 0) / seconds.length),
    worst: over(({ seconds }) => Math.max(...seconds)),
    originShare: over(({ originBytesUp, bytesDown }) => originBytesUp / bytesDown),
    cpuSeconds: over(({ cpuSeconds }) => cpuSeconds),
    worstCache: own
      .flatMap(({ cacheResults }) => cacheResults)
      .reduce<bigint | null>((least, result) => (least === null || result < least ? result : least), null),
  };
}

/** Of an even number: the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
