import type { Address, InfoHash } from "../../protocol/ids.ts";
import type { Amount } from "../../protocol/units.ts";
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

export declare function openPayeeLedger(init: {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly infoHash: InfoHash;
  readonly pricePerGiB: Amount;
  readonly pieceLength: number;
  /** All lanes of the session on the content, from the store. */
  readonly lanes: readonly PayeeLaneRecord[];
  /** Of the account, from the store. */
  readonly defaults: number;
}): PayeeLedger;

/** Lanes changed in the store: accepted, voucher stored, closed, expired. `takesVouchers` says which still do. A greater sum is a payment: the window grows. */
export declare function lanesChanged(
  ledger: PayeeLedger,
  lanes: readonly PayeeLaneRecord[],
  takesVouchers: (lane: PayeeLaneRecord) => boolean,
): PayeeLedger;

/** max(one piece, min(grown, MAX_WINDOW_BYTES, credit, what caps still cover)): goes into `accept` and `ack`. */
export declare function windowBytes(ledger: PayeeLedger): number;
/** Bytes begun and not covered by stored vouchers; negative never. */
export declare function debtBytes(ledger: PayeeLedger): number;

export interface BlockDecision {
  readonly decision: RequestDecision;
  readonly ledger: PayeeLedger;
}
/** Decides one block; on `serve` it is counted here and in `sends`. @throws never: wrong ranges are refused */
export declare function decideBlock(
  ledger: PayeeLedger,
  sends: PieceSends,
  block: { readonly piece: number; readonly pieceBytes: number; readonly offset: number; readonly length: number },
  nowMs: number,
): BlockDecision;

export declare function streamOpened(ledger: PayeeLedger, nowMs: number): PayeeLedger;
export declare function streamClosed(ledger: PayeeLedger): PayeeLedger;
/** When `checkDue` may find a default, ms; null: nothing is due. */
export declare function nextDueAtMs(ledger: PayeeLedger, payDueSec: number): number | null;
/** A complete piece unpaid `payDueSec` after its last block, stream open: the window drops to one piece; a second default bans the account. */
export declare function checkDue(
  ledger: PayeeLedger,
  payDueSec: number,
  nowMs: number,
): { readonly ledger: PayeeLedger; readonly isDefault: boolean; readonly isBanned: boolean };
/** The payer called the piece bad and our copy is wrong: it owes nothing for it. */
export declare function forgivePiece(ledger: PayeeLedger, sends: PieceSends, piece: number): PayeeLedger;
