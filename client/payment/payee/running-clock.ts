/**
 * A clock that stands still while this process was late: what a remote sent meanwhile was not read, so that time is not
 * the remote's. It is moved by beats; a beat that comes late moves it by one beat's length only. Monotonic, ms.
 */
export interface RunningClock {
  readonly ranMs: number;
  /** Of the last beat, on the monotonic clock. */
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
