/** Why a node was not believed, or not heard. */
export type FaultKind =
  /** No answer, or none that means anything. */
  | "silent"
  /** An error of its own, which tells nothing of the chain. */
  | "refusing"
  | "other-chain"
  | "time-ahead"
  | "behind"
  /** It says other than enough of the others, or than itself. */
  | "contradicting";

export interface Fault {
  readonly kind: FaultKind;
  /** For people. */
  readonly reason: string;
}

/** How far a node is trusted now. Pure; times are milliseconds of one clock. */
export interface Standing {
  /** Faults since its last good answer. */
  readonly faults: number;
  /** It is not asked before. */
  readonly asideUntil: number;
  /** The last one; null while the node is used. */
  readonly fault: Fault | null;
  /** All faults ever, by kind. */
  readonly totals: Readonly<Partial<Record<FaultKind, number>>>;
}

export const NEW_STANDING: Standing = { faults: 0, asideUntil: 0, fault: null, totals: {} };

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Each fault in a row doubles the time for which the node is set aside. */
export function afterFault({ faults, totals }: Standing, fault: Fault, now: number): Standing {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(faults, 16), LONGEST_PAUSE_MS);
  const counted = { ...totals, [fault.kind]: (totals[fault.kind] ?? 0) + 1 };
  return { faults: faults + 1, asideUntil: now + pause, fault, totals: counted };
}

export function afterAnswer(standing: Standing): Standing {
  return standing.faults === 0 ? standing : { ...standing, faults: 0, asideUntil: 0, fault: null };
}

export function isAside({ asideUntil }: Standing, now: number): boolean {
  return now < asideUntil;
}
