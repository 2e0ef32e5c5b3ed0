/**
 * Whether a source answers. A source that was asked and sends nothing is silent. What it was asked
 * for goes to another source that has nothing else to do. It is asked for nothing more until it
 * sends something. Times are ms.
 */
export interface Hearing {
  /** When it was asked with nothing else under way, or sent a block. */
  readonly heardAtMs: number;
  /** Its last speed while blocks came, bytes/s. */
  readonly speed: number;
  /** It is not asked for anything before this time. */
  readonly mutedUntilMs: number;
}

const SILENT_MS = 1_000;
/** Silence lasts so many times as long as the other source needs for the piece. */
const SILENT_TIMES = 4;
/** As long as webtorrent waits for a block. */
export const MUTED_MS = 30_000;
/** Idle wires poll for silent sources at this interval: silence is noticed soon after it is one. */
export const LISTEN_MS = SILENT_MS / 10;

export function startHearing(nowMs: number): Hearing {
  return { heardAtMs: nowMs, speed: 0, mutedUntilMs: Number.NEGATIVE_INFINITY };
}

/** It was asked for a block while nothing else was under way. */
export function asked(hearing: Hearing, nowMs: number): Hearing {
  return { ...hearing, heardAtMs: nowMs };
}

/** A block came. */
export function heard(nowMs: number, speed: number): Hearing {
  return { heardAtMs: nowMs, speed, mutedUntilMs: Number.NEGATIVE_INFINITY };
}

export function muted(hearing: Hearing, nowMs: number): Hearing {
  return { ...hearing, mutedUntilMs: nowMs + MUTED_MS };
}

/** It answered, though not with a block. */
export function unmuted(hearing: Hearing): Hearing {
  return { ...hearing, mutedUntilMs: Number.NEGATIVE_INFINITY };
}

export function isMuted({ mutedUntilMs }: Hearing, nowMs: number): boolean {
  return nowMs < mutedUntilMs;
}

/** It was asked, and has been silent for longer than `other` would need. */
export function isSilent({ heardAtMs }: Hearing, other: Hearing, pieceBytes: number, nowMs: number): boolean {
  const otherMs = (1_000 * pieceBytes) / Math.max(1, other.speed);
  return nowMs >= heardAtMs + Math.max(SILENT_MS, SILENT_TIMES * otherMs);
}
