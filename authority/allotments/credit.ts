import { CREDIT_FRACTION, CREDIT_PIECES } from "../../protocol/constants.ts";
import { MAX_UINT32 } from "../../protocol/units.ts";

/** Sum of credit over the live pairs of an account without history on one content, bytes (protocol.md, bound on cheating). */
export function creditBudget(sizeBytes: number, pieceLength: number): number {
  return Math.max(CREDIT_PIECES * pieceLength, Math.floor(sizeBytes / CREDIT_FRACTION));
}

/** Credit for one more pair in whole pieces, bytes; null when less than a piece is left of the budget. */
export function chooseCredit(budget: number, used: number, pieceLength: number): number | null {
  const left = budget - used;
  if (left < pieceLength) return null;
  const share = Math.max(pieceLength, Math.min(budget / 4, left));
  const pieces = Math.min(Math.floor(share / pieceLength), Math.floor(MAX_UINT32 / pieceLength));
  return pieces * pieceLength;
}
