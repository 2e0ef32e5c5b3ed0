import {
  COMPLAINERS_TO_BASE,
  COMPLAINERS_TO_PIECE,
  CREDIT_FRACTION,
  CREDIT_PIECES,
  HISTORY_FRACTION,
  MAX_CREDIT_FRACTION,
} from "../../protocol/base/constants.ts";
import { type Amount, MAX_UINT32 } from "../../protocol/base/units.ts";
import type { Content } from "./caps.ts";

/** How far an account may owe on one content, bytes. */
export interface CreditLimits {
  /** Sum over its live pairs. */
  readonly budget: number;
  readonly perPair: number;
}

/** What the pairs of one request get of what is left. A single seeder then fills a fast link, whatever the piece length. */
const FIRST_COMERS = 3 / 4;

/** What T has seen of an account as payer. */
export interface PayerRecord {
  /** Base units; see `historyOf`. */
  readonly history: Amount;
  /** Of the last 24 hours; see `countUnrelated`. */
  readonly unrelatedComplainers: number;
}

/**
 * The bound on cheating (protocol.md section 4): more for who has paid before, never above a quarter of the content; less
 * again when unrelated payees complain.
 */
export function creditLimits(content: Omit<Content, "infoHash">, record: PayerRecord): CreditLimits {
  const { sizeBytes, pieceLength, pricePerGiB } = content;
  const { history, unrelatedComplainers } = record;
  const base = Math.max(CREDIT_PIECES * pieceLength, Math.floor(sizeBytes / CREDIT_FRACTION));
  if (unrelatedComplainers >= COMPLAINERS_TO_PIECE) return { budget: base, perPair: pieceLength };
  if (unrelatedComplainers >= COMPLAINERS_TO_BASE) return { budget: base, perPair: Number.POSITIVE_INFINITY };
  const earned = Number(((history / HISTORY_FRACTION) << 30n) / pricePerGiB);
  const most = Math.max(base, Math.floor(sizeBytes / MAX_CREDIT_FRACTION));
  return { budget: Math.min(base + earned, most), perPair: Number.POSITIVE_INFINITY };
}

/** Credit of the next lane of a pair that has some: the same, or its part of a budget that has fallen below `credited`; at least a piece. */
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
 * Credit of each of `pairs` that need some, in whole pieces, bytes: equal shares of most of what is left of the budget; the rest
 * is for who comes later. Never less than a piece, so it may be more than what is left.
 */
export function creditShare(left: number, pairs: number, pieceLength: number): number {
  const pieces = Math.floor(Math.min((FIRST_COMERS * left) / pairs, MAX_UINT32) / pieceLength);
  return Math.max(1, pieces) * pieceLength;
}
