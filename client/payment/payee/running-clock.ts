/**
 * A clock that does not count the time in which this process was late. What a remote sent meanwhile
 * was not read, so the remote must not be charged for that time. Beats move the clock; a late beat
 * moves it by one beat's length only. Monotonic, ms.
 */
export interface RunningClock {
  readonly ranMs: number;
  /** Time of the last beat on the monotonic clock. */
  readonly beatAtMs: number;
}

export const BEAT_MS = 250;

export function startClock(nowMs: number): RunningClock {
  return { ranMs: 0, beatAtMs: nowMs };
}

export function ranMs(clock: RunningClock, nowMs: number): number {
  return clock.ranMs + Math.min(nowMs - clock.beatAtMs, BEAT_MS);
}

export function beat(clock: RunningClock, nowMs: number): RunningClock {
  return { ranMs: ranMs(clock, nowMs), beatAtMs: nowMs };
}
