import {
  ACCOUNT_CREDIT_BYTES,
  COMPLAINERS_TO_BASE,
  COMPLAINERS_TO_PIECE,
  CREDIT_BYTES,
  CREDIT_BYTES_FRACTION,
  CREDIT_FRACTION,
  CREDIT_PIECES,
  MAX_CREDIT_FRACTION,
  TRACK_RECORD_FRACTION,
} from "../../protocol/base/constants.ts";
import { type Amount, MAX_UINT32 } from "../../protocol/base/units.ts";
import type { Content } from "./caps.ts";

/** How much an account may owe on one content, bytes. */
export interface CreditLimits {
  /** Sum over its live pairs of devices. */
  readonly budget: number;
  readonly perPair: number;
  /** Sum over its pairs of all contents that have yet to pay. Beyond it a new pair gets a piece. */
  readonly ofAccount: number;
}

/**
 * Part of what is left of a budget that the pairs of one request share. It is large enough that a
 * single seeder fills a fast link, whatever the piece length.
 */
const FIRST_COMERS = 3 / 4;

/** What the authority knows of an account as payer. */
export interface PayerRecord {
  /** Base units; see `trackRecordOf`. */
  readonly trackRecord: Amount;
  /** In the last 24 hours; see `countUnrelated`. */
  readonly unrelatedComplainers: number;
}

/**
 * The bound on cheating (docs/protocol.md 4.11). It grows with what the account has paid before, up
 * to a quarter of the content, and shrinks when unrelated payees complain. Why it is as large as
 * this: docs/decisions/020.
 */
export function creditLimits(content: Omit<Content, "infoHash">, record: PayerRecord): CreditLimits {
  const { sizeBytes, pieceLength, pricePerGiB } = content;
  const { trackRecord, unrelatedComplainers } = record;
  const least = Math.max(CREDIT_PIECES * pieceLength, Math.floor(sizeBytes / CREDIT_FRACTION));
  const ofAccount = ACCOUNT_CREDIT_BYTES;
  if (unrelatedComplainers >= COMPLAINERS_TO_PIECE) return { budget: least, perPair: pieceLength, ofAccount };
  if (unrelatedComplainers >= COMPLAINERS_TO_BASE)
    return { budget: least, perPair: Number.POSITIVE_INFINITY, ofAccount };
  const base = Math.max(least, Math.min(CREDIT_BYTES, Math.floor(sizeBytes / CREDIT_BYTES_FRACTION)));
  const earned = Number(((trackRecord / TRACK_RECORD_FRACTION) << 30n) / pricePerGiB);
  const most = Math.max(base, Math.floor(sizeBytes / MAX_CREDIT_FRACTION));
  return {
    budget: Math.min(base + earned, most),
    perPair: Number.POSITIVE_INFINITY,
    ofAccount: ofAccount + earned,
  };
}

/**
 * For tickets, which share their sponsor's credit: a piece for each pair, so that there is some for
 * many downloaders.
 */
export function ticketCredit(content: Omit<Content, "infoHash">, record: PayerRecord): CreditLimits {
  return { ...creditLimits(content, record), perPair: content.pieceLength };
}

/**
 * Credit of the next lane of a pair that has some. It stays the same unless the budget has fallen
 * below what is given out, `credited`; then the pair gets its part of the budget, at least a piece.
 */
export function successorCredit(
  credit: number,
  { budget, perPair }: CreditLimits,
  credited: number,
  pieceLength: number,
): number {
  const part = credited > budget ? Math.floor((credit * (budget / credited)) / pieceLength) * pieceLength : credit;
  return Math.min(credit, perPair, Math.max(pieceLength, part));
}

/**
 * The most that a new pair may get, bytes. `unproven`: credit of the account's pairs on other
 * contents that have yet to pay.
 */
export function newPairLimit(
  { budget, perPair, ofAccount }: CreditLimits,
  unproven: number,
  pieceLength: number,
): number {
  return unproven > 0 && unproven + budget > ofAccount ? Math.min(perPair, pieceLength) : perPair;
}

/**
 * Credit of each of `pairs` that have none yet, in whole pieces, bytes. They share most of what is
 * left of the budget equally; the rest is kept for payees that come later. The result is never less
 * than a piece, so the sum may be more than what is left.
 */
export function creditShare(left: number, pairs: number, pieceLength: number): number {
  const pieces = Math.floor(Math.min((FIRST_COMERS * left) / pairs, MAX_UINT32) / pieceLength);
  return Math.max(1, pieces) * pieceLength;
}
