import { MAX_BLOCK_SENDS, MAX_WINDOW_BYTES } from "../../../protocol/base/constants.ts";
import { invariant } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { type Amount, bytesCovered } from "../../../protocol/base/units.ts";
import type { RequestDecision } from "../../exchange.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { PieceSends } from "./piece-sends.ts";

/**
 * Payee's side of one payer's session on one content: what it was sent, what it paid, and how far it may owe. Kept as long as this
 * process runs, over all wires and streams of that session. Values, never changed, but for `sends` (see there).
 * Times are ms on the payee's running clock.
 */
export interface PayeeLedger {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly infoHash: InfoHash;
  readonly pricePerGiB: Amount;
  readonly pieceLength: number;
  /** Bytes of whole pieces of which at least one block was sent in this run, less those that were forgiven. */
  readonly begunBytes: number;
  /** Bytes of whole pieces of which every block was sent, less those that were rightly called bad or may have been lost. */
  readonly completeBytes: number;
  /** Bytes that were begun, abandoned and forgiven in this run. */
  readonly forgivenBytes: number;
  /** Sum of stored vouchers now, and when this run began. */
  readonly stored: Amount;
  readonly base: Amount;
  /** Bytes that the vouchers of this run pay. */
  readonly coveredBytes: number;
  /** Bytes that the lanes which still take vouchers can pay beyond what is stored; 0: there is none. */
  readonly capBytes: number;
  /** Newest allotment's credit, bytes. */
  readonly credit: number;
  /** Grown so far; `windowBytes()` limits it. */
  readonly grownBytes: number;
  /** Complete pieces that are not paid yet, oldest first: `completeBytes` after each, and since when it is its turn to be paid. */
  readonly dues: readonly Due[];
  /** Since when a voucher stream is open; null: none is. */
  readonly streamSinceMs: number | null;
  /** Of the account, as this sale knows them. */
  readonly defaults: number;
}

interface Due {
  readonly piece: number;
  readonly completeBytes: number;
  readonly atMs: number;
}

/** A begun piece of which nothing more was asked for so long was got from somebody else. */
export const ABANDONED_MS = 30_000;
/** Abandoned bytes are forgiven up to one piece and this part of what was paid. */
const FORGIVEN_PART = 32;

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
    forgivenBytes: 0,
    stored: base,
    base,
    coveredBytes: 0,
    capBytes: 0,
    credit: lanes.at(-1)?.allotment.credit ?? 0,
    grownBytes: init.pieceLength,
    dues: [],
    streamSinceMs: null,
  };
}

/**
 * Lanes changed in the store: accepted, voucher stored, closed, expired. `takesVouchers` says which still do. A greater
 * sum is a payment: the window grows, and the time to pay runs anew for the pieces behind those that it paid, since
 * they may still be on their way while the first ones are paid.
 */
export function lanesChanged(
  ledger: PayeeLedger,
  lanes: readonly PayeeLaneRecord[],
  takesVouchers: (lane: PayeeLaneRecord) => boolean,
  nowMs: number,
): PayeeLedger {
  const stored = storedTotal(lanes);
  // Lanes that nothing can be claimed on are forgotten by the store, not by the debt.
  const paid = stored > ledger.stored ? stored - ledger.stored : 0n;
  const base = stored < ledger.stored ? ledger.base - (ledger.stored - stored) : ledger.base;
  const capLeft = lanes.filter(takesVouchers).reduce((sum, lane) => sum + lane.allotment.cap - lane.amount, 0n);
  const coveredBytes = stored === base ? 0 : bytesCovered(stored - base + ROUNDING, ledger.pricePerGiB);
  const unpaid = ledger.dues.filter((due) => due.completeBytes > coveredBytes);
  const isRewarded = paid > 0n && ledger.defaults === 0;
  return {
    ...ledger,
    stored,
    base,
    coveredBytes,
    capBytes: capLeft === 0n ? 0 : bytesCovered(capLeft, ledger.pricePerGiB),
    credit: lanes.at(-1)?.allotment.credit ?? 0,
    grownBytes: isRewarded ? Math.min(2 * ledger.grownBytes, MAX_WINDOW_BYTES) : ledger.grownBytes,
    dues: unpaid.length < ledger.dues.length ? unpaid.map((due) => ({ ...due, atMs: nowMs })) : ledger.dues,
  };
}

/** max(one piece, min(grown, MAX_WINDOW_BYTES, credit, what caps still cover)). */
export function windowBytes({ grownBytes, credit, capBytes, pieceLength }: PayeeLedger): number {
  return Math.max(pieceLength, Math.min(grownBytes, MAX_WINDOW_BYTES, credit, capBytes));
}

/** Bytes begun and not covered by stored vouchers; negative never. */
export function debtBytes({ begunBytes, coveredBytes }: PayeeLedger): number {
  return Math.max(0, begunBytes - coveredBytes);
}

export interface Block {
  readonly piece: number;
  readonly pieceBytes: number;
  readonly offset: number;
  readonly length: number;
}

export interface BlockDecision {
  readonly decision: RequestDecision;
  readonly ledger: PayeeLedger;
}

/** Decides one block; on `serve` it is counted here and in `sends`. @throws never: wrong ranges are refused */
export function decideBlock(ledger: PayeeLedger, sends: PieceSends, block: Block, nowMs: number): BlockDecision {
  const { piece, pieceBytes, offset, length } = block;
  const isInside = offset >= 0 && length > 0 && offset + length <= pieceBytes;
  if (!isInside || sends.sentTimes(piece, offset, length) >= MAX_BLOCK_SENDS) return { decision: "refuse", ledger };
  const isNew = !sends.isBegun(piece);
  if (isNew && (ledger.capBytes === 0 || debtBytes(ledger) + pieceBytes > windowBytes(ledger)))
    return { decision: "hold", ledger };
  const isCompleted = sends.record(piece, pieceBytes, offset, length, nowMs);
  if (!isNew && !isCompleted) return { decision: "serve", ledger };
  const begunBytes = ledger.begunBytes + (isNew ? pieceBytes : 0);
  const completeBytes = ledger.completeBytes + (isCompleted ? pieceBytes : 0);
  // What is paid already is not due.
  const isDue = isCompleted && completeBytes > ledger.coveredBytes;
  const dues = isDue ? [...ledger.dues, { piece, completeBytes, atMs: nowMs }] : ledger.dues;
  const next = { ...ledger, begunBytes, completeBytes, dues };
  invariant(!isNew || debtBytes(next) <= windowBytes(next), "WINDOW_EXCEEDED", "served beyond the credit window");
  return { decision: "serve", ledger: next };
}

/** A block that was counted did not leave: cancelled in time. A piece of which nothing left is not begun. */
export function blockUnsent(ledger: PayeeLedger, sends: PieceSends, block: Block): PayeeLedger {
  const { piece, pieceBytes, offset, length } = block;
  const wasComplete = sends.isComplete(piece);
  if (!sends.isBegun(piece)) return ledger;
  sends.undo(piece, offset, length);
  const isGone = !sends.isTouched(piece);
  if (isGone) sends.abandon(piece);
  const begunBytes = ledger.begunBytes - (isGone ? pieceBytes : 0);
  const next = { ...ledger, begunBytes };
  return wasComplete && !sends.isComplete(piece) ? incompleted(next, piece, pieceBytes) : next;
}

/**
 * The wire is gone, and with it what was on its way: complete pieces that are not paid may never have come. They stay
 * begun, and are due again when they were sent again.
 */
export function wireLost(ledger: PayeeLedger, sends: PieceSends): PayeeLedger {
  if (ledger.dues.length === 0) return ledger;
  const lost = ledger.dues.reduce((sum, { piece }) => sum + sends.pieceBytes(piece), 0);
  for (const { piece } of ledger.dues) sends.reopen(piece);
  return { ...ledger, completeBytes: ledger.completeBytes - lost, dues: [] };
}

/**
 * The payer cancelled what had left already: it may be stuck on its way, and the payer gets the piece from somebody else. As for a
 * lost wire, the piece stays begun; a cheat gains no more by it than by closing the wire.
 */
export function pieceMissed(ledger: PayeeLedger, sends: PieceSends, piece: number): PayeeLedger {
  if (!ledger.dues.some((due) => due.piece === piece)) return ledger;
  const bytes = sends.pieceBytes(piece);
  sends.reopen(piece);
  return incompleted(ledger, piece, bytes);
}

/**
 * An honest payer that was choked, or lost its wire, gets the rest of a piece from somebody else and pays nothing here:
 * pieces are paid whole. So what was abandoned is forgiven, but to a cheat no more than a small part of what it paid.
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

export function streamOpened(ledger: PayeeLedger, nowMs: number): PayeeLedger {
  return { ...ledger, streamSinceMs: nowMs };
}

export function streamClosed(ledger: PayeeLedger): PayeeLedger {
  return { ...ledger, streamSinceMs: null };
}

/** The lanes that still take vouchers can pay what is due first. */
export function isPayable({ dues, coveredBytes, capBytes }: PayeeLedger): boolean {
  const [oldest] = dues;
  return oldest === undefined || oldest.completeBytes <= coveredBytes + capBytes;
}

/** A complete piece unpaid `payDueSec` after its turn came, stream open. */
export function isDefault(ledger: PayeeLedger, payDueSec: number, nowMs: number): boolean {
  const oldest = ledger.dues[0];
  if (!oldest || ledger.streamSinceMs === null) return false;
  return nowMs >= Math.max(oldest.atMs, ledger.streamSinceMs) + payDueSec * 1000;
}

/** The account has this many defaults now: the window of this sale is one piece. */
export function defaulted(ledger: PayeeLedger, defaults: number): PayeeLedger {
  return { ...ledger, defaults, grownBytes: ledger.pieceLength };
}

/** The time to pay what is due runs from now. */
export function dueSince(ledger: PayeeLedger, nowMs: number): PayeeLedger {
  return { ...ledger, dues: ledger.dues.map((due) => ({ ...due, atMs: nowMs })) };
}

/** Bytes of whole pieces that came: sent in full, or paid. */
export function servedBytes({ begunBytes, completeBytes, coveredBytes }: PayeeLedger): number {
  return Math.max(completeBytes, Math.min(begunBytes, coveredBytes));
}

/** The payer called the piece bad and our copy is wrong: it owes nothing for it. */
export function forgivePiece(ledger: PayeeLedger, sends: PieceSends, piece: number): PayeeLedger {
  const bytes = sends.pieceBytes(piece);
  const wasComplete = sends.isComplete(piece);
  sends.forget(piece);
  const next = { ...ledger, begunBytes: ledger.begunBytes - bytes };
  return wasComplete ? incompleted(next, piece, bytes) : next;
}

/** The piece counted as complete, and is not. */
function incompleted(ledger: PayeeLedger, piece: number, bytes: number): PayeeLedger {
  const at = ledger.dues.findIndex((due) => due.piece === piece);
  const dues = ledger.dues.flatMap((due, i) => {
    if (i === at) return [];
    return i > at ? [{ ...due, completeBytes: due.completeBytes - bytes }] : [due];
  });
  return { ...ledger, completeBytes: ledger.completeBytes - bytes, dues };
}

/** Both sides round a running total once, but not from the same start: one base unit is never fought over. */
const ROUNDING: Amount = 1n;

function storedTotal(lanes: readonly PayeeLaneRecord[]): Amount {
  return lanes.reduce((sum, lane) => sum + lane.amount, 0n);
}
