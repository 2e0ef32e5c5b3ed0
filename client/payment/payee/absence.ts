import type { PayeeLedger } from "./payee-ledger.ts";
import type { PieceSends } from "./piece-sends.ts";

/**
 * What a default makes of a ledger, what a payment makes of it then (docs/protocol.md 4.12), and
 * what is forgiven. A payer that stands still leaves everything unpaid that it has begun, so one
 * absence is one default: the next one counts only after a payment. Times are ms on the payee's
 * running clock.
 */

/**
 * Arrears are reported once they are unpaid for this many pay-due times. A closed lid may be opened
 * again before.
 */
const REPORT_AFTER_DUES = 20;

/**
 * The account now has this many defaults. The sale whose piece it was has its window set to one
 * piece.
 */
export function defaulted(ledger: PayeeLedger, defaults: number, isOwn: boolean, nowMs: number): PayeeLedger {
  const upToBytes = ledger.dues.at(-1)?.completeBytes;
  const arrears = ledger.arrears ?? (upToBytes === undefined ? null : { upToBytes, sinceMs: nowMs, isReported: false });
  const grownBytes = isOwn ? ledger.pieceLength : ledger.grownBytes;
  return { ...ledger, defaults, arrears, grownBytes, isAbsent: true };
}

/**
 * The account has paid something: it is there again, and the time to pay what is due starts now.
 */
export function returned(ledger: PayeeLedger, nowMs: number): PayeeLedger {
  if (!ledger.isAbsent) return ledger;
  return { ...ledger, isAbsent: false, dues: ledger.dues.map((due) => ({ ...due, atMs: nowMs })) };
}

/** Nothing is left unpaid of what was due at the default. */
export function hasPaidArrears({ arrears, coveredBytes }: PayeeLedger): boolean {
  return arrears === null || coveredBytes >= arrears.upToBytes;
}

/** The account's defaults are forgiven: the window grows again with what is paid. */
export function pardoned(ledger: PayeeLedger): PayeeLedger {
  return { ...ledger, defaults: 0, arrears: null };
}

/** The arrears are so old that the authority should hear of them. */
export function isReportable({ arrears }: PayeeLedger, payDueSec: number, nowMs: number): boolean {
  return arrears !== null && !arrears.isReported && nowMs >= arrears.sinceMs + REPORT_AFTER_DUES * payDueSec * 1000;
}

export function reported(ledger: PayeeLedger): PayeeLedger {
  return ledger.arrears ? { ...ledger, arrears: { ...ledger.arrears, isReported: true } } : ledger;
}

/** A begun piece that is not asked for so long was downloaded from another payee. */
export const ABANDONED_MS = 30_000;
/** Abandoned bytes are forgiven up to one piece and this part of what was paid. */
const FORGIVEN_PART = 32;

/**
 * An honest payer that was choked, or lost its wire, gets the rest of a piece from another payee.
 * It pays nothing here, since pieces are paid whole. So abandoned pieces are forgiven, up to one
 * piece and a small part of what was paid.
 */
export function forgiveAbandoned(ledger: PayeeLedger, sends: PieceSends, nowMs: number): PayeeLedger {
  const most = ledger.pieceLength + Math.floor(ledger.coveredBytes / FORGIVEN_PART);
  let { begunBytes, forgivenBytes } = ledger;
  for (const piece of sends.listIdle(nowMs - ABANDONED_MS)) {
    const bytes = sends.pieceBytes(piece);
    if (forgivenBytes + bytes > most) break;
    sends.abandon(piece);
    forgivenBytes += bytes;
    begunBytes -= bytes;
  }
  return forgivenBytes === ledger.forgivenBytes ? ledger : { ...ledger, begunBytes, forgivenBytes };
}
