import { CREDIT_FRACTION, CREDIT_PIECES } from "../../protocol/constants.ts";
import { MAX_UINT32 } from "../../protocol/units.ts";

/** Sum of credit over the live pairs of an account without history on one content, bytes (protocol.md, bound on cheating). */
export function creditBudget(sizeBytes: number, pieceLength: number): number {
  return Math.max(CREDIT_PIECES * pieceLength, Math.floor(sizeBytes / CREDIT_FRACTION));
}

/**
 * Credit of each of `pairs` that need some, in whole pieces, bytes: equal shares of what is left of the budget, and one more
 * share for who comes later. Never less than a piece, so it may be more than what is left.
 */
export function creditShare(left: number, pairs: number, pieceLength: number): number {
  const pieces = Math.floor(Math.min(left / (pairs + 1), MAX_UINT32) / pieceLength);
  return Math.max(1, pieces) * pieceLength;
}
