import { MAX_WINDOW_BYTES } from "../../../protocol/base/constants.ts";

/**
 * Bytes begun and unpaid over many sales under one limit. One pool holds all sales of an account,
 * whatever its sessions, contents and lanes; another holds those of the whole process. The sums run
 * along, since each new piece reads them.
 */
export interface CreditPool {
  limitBytes: number;
  debtBytes: number;
  /** The part of `debtBytes` that belongs to sales without a stream. */
  idleDebtBytes: number;
  /** Sales with a stream, and one piece of each. */
  openSales: number;
  openPieceBytes: number;
}

/**
 * All payers together may owe this much to one process, unless `PeerOptions.maxUnpaidBytes` says
 * otherwise.
 */
export const MAX_UNPAID_BYTES = 32 * MAX_WINDOW_BYTES;

export function createCreditPool(limitBytes: number): CreditPool {
  return { limitBytes, debtBytes: 0, idleDebtBytes: 0, openSales: 0, openPieceBytes: 0 };
}

/** One piece may always be begun where nothing is owed, however large it is. */
export function mayBegin(pool: CreditPool, pieceBytes: number): boolean {
  return pool.debtBytes + pieceBytes <= Math.max(pool.limitBytes, pieceBytes);
}

/**
 * The window to tell each open sale so that all together keep the limit: one piece, and an equal
 * part of the rest.
 */
export function fairShare(pool: CreditPool, pieceLength: number): number {
  const rest = pool.limitBytes - pool.idleDebtBytes - pool.openPieceBytes;
  return pieceLength + Math.max(0, Math.floor(rest / Math.max(1, pool.openSales)));
}

/**
 * An account owes at most the largest window, or one piece of each content that it buys if that is
 * more.
 */
export function accountLimit(pieceLengths: Iterable<number>): number {
  let sum = 0;
  for (const length of pieceLengths) sum += length;
  return Math.max(MAX_WINDOW_BYTES, sum);
}
