import { MAX_WINDOW_BYTES } from "../../../protocol/base/constants.ts";
import { invariant } from "../../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { type Amount, bytesCovered } from "../../../protocol/base/units.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { PieceSends } from "./piece-sends.ts";

/**
 * Payee's side of one payer's session on one content: what was sent, what was paid, and how much
 * may be owed. It lives as long as this process, over all wires and streams of that session. Each
 * function returns the next value and changes nothing but `sends` (`piece-sends.ts`). Times are ms
 * on the payee's running clock.
 */
export interface PayeeLedger {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly infoHash: InfoHash;
  readonly pricePerGiB: Amount;
  readonly pieceLength: number;
  /**
   * Bytes of whole pieces of which at least one block was sent in this run, less those that were
   * forgiven.
   */
  readonly begunBytes: number;
  /**
   * Bytes of whole pieces of which every block was sent, less those that were bad or may have been
   * lost.
   */
  readonly completeBytes: number;
  /** Bytes that were begun, abandoned and forgiven in this run. */
  readonly forgivenBytes: number;
  /** Sum of stored vouchers now, and when this run began. */
  readonly stored: Amount;
  readonly base: Amount;
  /** Bytes that the vouchers of this run pay. */
  readonly coveredBytes: number;
  /** Those of them that a power cut cannot take: their vouchers are on the disk. */
  readonly syncedBytes: number;
  /**
   * Bytes that lanes which still take vouchers can pay beyond what is stored. 0: there is no such
   * lane.
   */
  readonly capBytes: number;
  /** Newest allotment's credit, bytes. */
  readonly credit: number;
  /** Grown so far; `windowBytes()` limits it. */
  readonly grownBytes: number;
  /** Complete pieces that are not paid yet, oldest first. */
  readonly dues: readonly Due[];
  /** Since when a voucher stream is open; null: none is. */
  readonly streamSinceMs: number | null;
  /** Of the account, as this sale knows them. */
  readonly defaults: number;
  /** The account has paid nothing since its last default. */
  readonly isAbsent: boolean;
  readonly arrears: Arrears | null;
}

/** What was due when the account defaulted, and is not paid yet. */
interface Arrears {
  /** `coveredBytes` must reach this. */
  readonly upToBytes: number;
  readonly sinceMs: number;
  /** The authority was told. */
  readonly isReported: boolean;
}

interface Due {
  readonly piece: number;
  /** Of the ledger, after this piece was complete. */
  readonly completeBytes: number;
  /** Since when it is this piece's turn to be paid. */
  readonly atMs: number;
}

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
    syncedBytes: 0,
    capBytes: 0,
    credit: lanes.at(-1)?.allotment.credit ?? 0,
    grownBytes: init.pieceLength,
    dues: [],
    streamSinceMs: null,
    isAbsent: false,
    arrears: null,
  };
}

/**
 * Lanes changed in the store: one was accepted, paid on, closed, or expired. `takesVouchers` says
 * which still do. A greater sum is a payment: the window grows, and the time to pay starts again
 * for the pieces behind the paid ones, which may still be in flight.
 */
export function lanesChanged(
  ledger: PayeeLedger,
  lanes: readonly PayeeLaneRecord[],
  takesVouchers: (lane: PayeeLaneRecord) => boolean,
  nowMs: number,
): PayeeLedger {
  const stored = storedTotal(lanes);
  // The store forgets lanes on which nothing can be claimed any longer; what they paid stays paid.
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

/** Bytes begun and not covered by stored vouchers; never negative. */
export function debtBytes({ begunBytes, coveredBytes }: PayeeLedger): number {
  return Math.max(0, begunBytes - coveredBytes);
}

/**
 * Bytes may be served on vouchers that are stored and not on the disk yet: one more window. A power
 * cut takes those vouchers. An honest payer brings them again; this much is lost with another.
 */
export function hasSyncRoom(ledger: PayeeLedger, pieceBytes: number): boolean {
  return ledger.begunBytes + pieceBytes - ledger.syncedBytes <= 2 * windowBytes(ledger);
}

/** The disk has the vouchers that paid so many bytes. */
export function vouchersSynced(ledger: PayeeLedger, coveredBytes: number): PayeeLedger {
  return coveredBytes > ledger.syncedBytes ? { ...ledger, syncedBytes: coveredBytes } : ledger;
}

/** Everything that was begun is paid. */
export function isSettled(ledger: PayeeLedger): boolean {
  return ledger.dues.length === 0 && debtBytes(ledger) === 0;
}

export interface Block {
  readonly piece: number;
  readonly pieceBytes: number;
  readonly offset: number;
  readonly length: number;
}

/** The block is served (`serve.ts` has decided so): counts it here and in `sends`. */
export function countBlock(ledger: PayeeLedger, sends: PieceSends, block: Block, nowMs: number): PayeeLedger {
  const { piece, pieceBytes, offset, length } = block;
  const isNew = !sends.isBegun(piece);
  const isCompleted = sends.record(piece, pieceBytes, offset, length, nowMs);
  if (!isNew && !isCompleted) return ledger;
  const begunBytes = ledger.begunBytes + (isNew ? pieceBytes : 0);
  const completeBytes = ledger.completeBytes + (isCompleted ? pieceBytes : 0);
  // What is paid already is not due.
  const isDue = isCompleted && completeBytes > ledger.coveredBytes;
  const dues = isDue ? [...ledger.dues, { piece, completeBytes, atMs: nowMs }] : ledger.dues;
  const next = { ...ledger, begunBytes, completeBytes, dues };
  invariant(!isNew || debtBytes(next) <= windowBytes(next), "WINDOW_EXCEEDED", "served beyond the credit window");
  invariant(!isNew || hasSyncRoom(next, 0), "WINDOW_EXCEEDED", "served too far ahead of the disk");
  return next;
}

/**
 * A counted block was cancelled before it left. A piece of which no block has left is not begun.
 */
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
 * The wire is gone, and with it what was in flight: complete pieces that are not paid may never
 * have arrived. They stay begun, and are due again once they were sent again.
 */
export function wireLost(ledger: PayeeLedger, sends: PieceSends): PayeeLedger {
  if (ledger.dues.length === 0) return ledger;
  const lost = ledger.dues.reduce((sum, { piece }) => sum + sends.pieceBytes(piece), 0);
  for (const { piece } of ledger.dues) sends.reopen(piece);
  return { ...ledger, completeBytes: ledger.completeBytes - lost, dues: [] };
}

/**
 * The payer cancelled a block that had already left. It may be stuck in flight while the payer gets
 * the piece from another payee. As after a lost wire, the piece stays begun: a cheat gains no more
 * than by closing the wire.
 */
export function pieceMissed(ledger: PayeeLedger, sends: PieceSends, piece: number): PayeeLedger {
  if (!ledger.dues.some((due) => due.piece === piece)) return ledger;
  const bytes = sends.pieceBytes(piece);
  sends.reopen(piece);
  return incompleted(ledger, piece, bytes);
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

/** A complete piece is unpaid `payDueSec` after its turn came, while the stream was open. */
export function isDefault(ledger: PayeeLedger, payDueSec: number, nowMs: number): boolean {
  const oldest = ledger.dues[0];
  if (!oldest || ledger.streamSinceMs === null) return false;
  return nowMs >= Math.max(oldest.atMs, ledger.streamSinceMs) + payDueSec * 1000;
}

/** The time to pay what is due starts now. */
export function dueSince(ledger: PayeeLedger, nowMs: number): PayeeLedger {
  return { ...ledger, dues: ledger.dues.map((due) => ({ ...due, atMs: nowMs })) };
}

/** Bytes of whole pieces that arrived: sent in full, or paid. */
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

/** The piece was counted as complete, and is not. */
function incompleted(ledger: PayeeLedger, piece: number, bytes: number): PayeeLedger {
  const at = ledger.dues.findIndex((due) => due.piece === piece);
  const dues = ledger.dues.flatMap((due, i) => {
    if (i === at) return [];
    return i > at ? [{ ...due, completeBytes: due.completeBytes - bytes }] : [due];
  });
  return { ...ledger, completeBytes: ledger.completeBytes - bytes, dues };
}

/**
 * Both sides round a running total once, but from different starts. One base unit is not worth a
 * dispute.
 */
const ROUNDING: Amount = 1n;

function storedTotal(lanes: readonly PayeeLaneRecord[]): Amount {
  return lanes.reduce((sum, lane) => sum + lane.amount, 0n);
}
