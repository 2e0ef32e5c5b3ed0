import { MAX_BLOCK_SENDS, MAX_WINDOW_BYTES } from "../../protocol/constants.ts";
import { invariant } from "../../protocol/errors.ts";
import type { Address, InfoHash } from "../../protocol/ids.ts";
import { type Amount, bytesCovered } from "../../protocol/units.ts";
import type { RequestDecision } from "../exchange.ts";
import type { PayeeLaneRecord } from "../store/records.ts";
import type { PieceSends } from "./piece-sends.ts";

/**
 * Payee's side of one payer's session on one content: what it was sent, what it paid, and how far it may owe. Kept as long as this
 * process runs, over all wires and streams of that session. Values, never changed, but for `sends` (see there).
 */
export interface PayeeLedger {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly infoHash: InfoHash;
  readonly pricePerGiB: Amount;
  readonly pieceLength: number;
  /** Bytes of whole pieces of which at least one block was sent in this run. */
  readonly begunBytes: number;
  /** Bytes of whole pieces of which every block was sent, less those that were rightly called bad. */
  readonly completeBytes: number;
  /** Sum of stored vouchers now, and when this run began. */
  readonly stored: Amount;
  readonly base: Amount;
  /** Sum of (cap - stored) of the lanes that still take vouchers. */
  readonly capLeft: Amount;
  /** Newest allotment's credit, bytes. */
  readonly credit: number;
  /** Grown so far; `windowBytes()` limits it. */
  readonly grownBytes: number;
  /** Complete pieces that are not paid yet, oldest first: `completeBytes` after each, and when its last block was sent (ms). */
  readonly dues: readonly { readonly completeBytes: number; readonly atMs: number }[];
  /** Since when a voucher stream is open (ms); null: none is. */
  readonly streamSinceMs: number | null;
  readonly defaults: number;
}

/** A second default bans the account. */
const DEFAULTS_BEFORE_BAN = 2;

export function openPayeeLedger(init: {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly infoHash: InfoHash;
  readonly pricePerGiB: Amount;
  readonly pieceLength: number;
  /** All lanes of the session on the content, from the store. */
  readonly lanes: readonly PayeeLaneRecord[];
  /** Of the account, from the store. */
  readonly defaults: number;
}): PayeeLedger {
  const { lanes, ...fields } = init;
  const base = storedTotal(lanes);
  return {
    ...fields,
    begunBytes: 0,
    completeBytes: 0,
    stored: base,
    base,
    capLeft: 0n,
    credit: lanes.at(-1)?.allotment.credit ?? 0,
    grownBytes: init.pieceLength,
    dues: [],
    streamSinceMs: null,
  };
}

/** Lanes changed in the store: accepted, voucher stored, closed, expired. `takesVouchers` says which still do. A greater sum is a payment: the window grows. */
export function lanesChanged(
  ledger: PayeeLedger,
  lanes: readonly PayeeLaneRecord[],
  takesVouchers: (lane: PayeeLaneRecord) => boolean,
): PayeeLedger {
  const stored = storedTotal(lanes);
  // Lanes that nothing can be claimed on are forgotten by the store, not by the debt.
  const paid = stored > ledger.stored ? stored - ledger.stored : 0n;
  const base = stored < ledger.stored ? ledger.base - (ledger.stored - stored) : ledger.base;
  const capLeft = lanes.filter(takesVouchers).reduce((sum, lane) => sum + lane.allotment.cap - lane.amount, 0n);
  const isRewarded = paid > 0n && ledger.defaults === 0;
  const next: PayeeLedger = {
    ...ledger,
    stored,
    base,
    capLeft,
    credit: lanes.at(-1)?.allotment.credit ?? 0,
    grownBytes: isRewarded ? Math.min(2 * ledger.grownBytes, MAX_WINDOW_BYTES) : ledger.grownBytes,
  };
  const covered = coveredBytes(next);
  return { ...next, dues: next.dues.filter((due) => due.completeBytes > covered) };
}

/** max(one piece, min(grown, MAX_WINDOW_BYTES, credit, what caps still cover)): goes into `accept` and `ack`. */
export function windowBytes(ledger: PayeeLedger): number {
  const ofCaps = ledger.capLeft === 0n ? 0 : bytesCovered(ledger.capLeft, ledger.pricePerGiB);
  const window = Math.min(ledger.grownBytes, MAX_WINDOW_BYTES, ledger.credit, ofCaps);
  return Math.max(ledger.pieceLength, window);
}

/** Bytes begun and not covered by stored vouchers; negative never. */
export function debtBytes(ledger: PayeeLedger): number {
  return Math.max(0, ledger.begunBytes - coveredBytes(ledger));
}

export interface BlockDecision {
  readonly decision: RequestDecision;
  readonly ledger: PayeeLedger;
}

/** Decides one block; on `serve` it is counted here and in `sends`. @throws never: wrong ranges are refused */
export function decideBlock(
  ledger: PayeeLedger,
  sends: PieceSends,
  block: { readonly piece: number; readonly pieceBytes: number; readonly offset: number; readonly length: number },
  nowMs: number,
): BlockDecision {
  const { piece, pieceBytes, offset, length } = block;
  const isInside = offset >= 0 && length > 0 && offset + length <= pieceBytes;
  if (!isInside || sends.sentTimes(piece, offset, length) >= MAX_BLOCK_SENDS) return { decision: "refuse", ledger };
  const isNew = !sends.isBegun(piece);
  if (isNew && (ledger.capLeft === 0n || debtBytes(ledger) + pieceBytes > windowBytes(ledger)))
    return { decision: "hold", ledger };
  const wasComplete = sends.isComplete(piece);
  sends.record(piece, pieceBytes, offset, length);
  const begunBytes = ledger.begunBytes + (isNew ? pieceBytes : 0);
  const isCompleted = !wasComplete && sends.isComplete(piece);
  const completeBytes = ledger.completeBytes + (isCompleted ? pieceBytes : 0);
  const dues = isCompleted ? [...ledger.dues, { completeBytes, atMs: nowMs }] : ledger.dues;
  const next = { ...ledger, begunBytes, completeBytes, dues };
  invariant(!isNew || debtBytes(next) <= windowBytes(next), "WINDOW_EXCEEDED", "served beyond the credit window");
  return { decision: "serve", ledger: next };
}

export function streamOpened(ledger: PayeeLedger, nowMs: number): PayeeLedger {
  return { ...ledger, streamSinceMs: nowMs };
}

export function streamClosed(ledger: PayeeLedger): PayeeLedger {
  return { ...ledger, streamSinceMs: null };
}

/** When `checkDue` may find a default, ms; null: nothing is due. */
export function nextDueAtMs(ledger: PayeeLedger, payDueSec: number): number | null {
  const oldest = ledger.dues[0];
  if (!oldest || ledger.streamSinceMs === null) return null;
  return Math.max(oldest.atMs, ledger.streamSinceMs) + payDueSec * 1000;
}

/** A complete piece unpaid `payDueSec` after its last block, stream open: the window drops to one piece; a second default bans the account. */
export function checkDue(
  ledger: PayeeLedger,
  payDueSec: number,
  nowMs: number,
): { readonly ledger: PayeeLedger; readonly isDefault: boolean; readonly isBanned: boolean } {
  const dueAtMs = nextDueAtMs(ledger, payDueSec);
  if (dueAtMs === null || nowMs < dueAtMs) return { ledger, isDefault: false, isBanned: false };
  const defaults = ledger.defaults + 1;
  // All that is due now is this one default: the payer has the whole time again for what is left.
  const dues = ledger.dues.map((due) => ({ ...due, atMs: nowMs }));
  const next = { ...ledger, defaults, dues, grownBytes: ledger.pieceLength };
  return { ledger: next, isDefault: true, isBanned: defaults >= DEFAULTS_BEFORE_BAN };
}

/** The payer called the piece bad and our copy is wrong: it owes nothing for it. */
export function forgivePiece(ledger: PayeeLedger, sends: PieceSends, piece: number): PayeeLedger {
  const bytes = sends.pieceBytes(piece);
  const complete = sends.isComplete(piece) ? bytes : 0;
  sends.forget(piece);
  const dues = ledger.dues.slice(0, complete > 0 ? -1 : undefined);
  return {
    ...ledger,
    begunBytes: ledger.begunBytes - bytes,
    completeBytes: ledger.completeBytes - complete,
    dues:
      complete > 0
        ? dues.map((due) => ({ ...due, completeBytes: Math.min(due.completeBytes, ledger.completeBytes - complete) }))
        : dues,
  };
}

/** Both sides round a running total once, but not from the same start: one base unit is never fought over. */
const ROUNDING: Amount = 1n;

function coveredBytes(ledger: PayeeLedger): number {
  const paid = ledger.stored - ledger.base;
  return paid === 0n ? 0 : bytesCovered(paid + ROUNDING, ledger.pricePerGiB);
}

function storedTotal(lanes: readonly PayeeLaneRecord[]): Amount {
  return lanes.reduce((sum, lane) => sum + lane.amount, 0n);
}
