/** How far a node is trusted now. Pure; times are milliseconds of one clock. */
export interface Standing {
  /** Faults since its last good answer. */
  readonly faults: number;
  /** It is not asked before. */
  readonly asideUntil: number;
  /** Of the last fault; null while it is used. */
  readonly reason: string | null;
  /** All faults ever. */
  readonly total: number;
}

export const NEW_STANDING: Standing = { faults: 0, asideUntil: 0, reason: null, total: 0 };

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Each fault in a row doubles the time for which the node is set aside. */
export function afterFault({ faults, total }: Standing, reason: string, now: number): Standing {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(faults, 16), LONGEST_PAUSE_MS);
  return { faults: faults + 1, asideUntil: now + pause, reason, total: total + 1 };
}

export function afterAnswer(standing: Standing): Standing {
  return standing.faults === 0 ? standing : { ...standing, faults: 0, asideUntil: 0, reason: null };
}

export function isAside({ asideUntil }: Standing, now: number): boolean {
  return now < asideUntil;
}
