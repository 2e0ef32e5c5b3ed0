import { MAX_BLOCK_SENDS } from "../../../protocol/base/constants.ts";
import type { RequestDecision } from "../../exchange.ts";
import { type CreditPool, mayBegin } from "./credit-pools.ts";
import { type Block, countBlock, debtBytes, hasSyncRoom, windowBytes } from "./payee-ledger.ts";
import type { PayeeState } from "./payee-state.ts";
import { assertWithinPools, type Sale } from "./sales.ts";

/**
 * "May I serve this block?" is answered here, and nowhere else (docs/protocol.md 4.5). A wire
 * without an accepted lane has no sale, so there is nothing to ask: it is refused.
 */

export type ServeVerdict =
  | "serve"
  /** Out of range, or sent too often. */
  | "refuse"
  /** Held: the account has no upload slot now (`upload-turns.ts`). */
  | "no-slot"
  /** Held: the account, or all accounts together, owe as much as they may (`credit-pools.ts`). */
  | "pool-full"
  /** Held: no lane of this sale takes vouchers. */
  | "no-lane"
  /** Held: this sale owes as much as it may. */
  | "window-full"
  /** Held: its last vouchers are not on the disk yet. */
  | "unsynced";

/**
 * The whole rule, without any effect. A new piece needs a slot and room in every limit. A begun
 * piece is debt already, so the rest of it is served in any case: nothing that was sent is wasted.
 */
export function judgeBlock(
  { ledger, sends, pools }: Pick<Sale, "ledger" | "sends"> & { readonly pools: readonly CreditPool[] },
  { piece, pieceBytes, offset, length }: Block,
  hasSlot: boolean,
): ServeVerdict {
  const isNew = !sends.isBegun(piece);
  if (isNew && !hasSlot) return "no-slot";
  if (isNew && !pools.every((pool) => mayBegin(pool, pieceBytes))) return "pool-full";
  const isInside = offset >= 0 && length > 0 && offset + length <= pieceBytes;
  if (!isInside || sends.sentTimes(piece, offset, length) >= MAX_BLOCK_SENDS) return "refuse";
  if (isNew && ledger.capBytes === 0) return "no-lane";
  if (isNew && debtBytes(ledger) + pieceBytes > windowBytes(ledger)) return "window-full";
  if (isNew && !hasSyncRoom(ledger, pieceBytes)) return "unsynced";
  return "serve";
}

interface ServingState extends Pick<PayeeState, "sales" | "nowMs"> {
  readonly turns: Pick<PayeeState["turns"], "isServed">;
}

/** Answers one request of a sale, and counts the block when it is served. */
export function serveBlock({ sales, turns, nowMs }: ServingState, sale: Sale, block: Block): RequestDecision {
  const now = nowMs();
  const isNew = !sale.sends.isBegun(block.piece);
  const hasSlot = isNew && turns.isServed(sale);
  // A sale that was idle counts in the pools again before it is measured by them.
  if (hasSlot) sales.touch(sale, now);
  const verdict = judgeBlock(sale, block, hasSlot);
  if (verdict === "refuse") tellTooOften(sale);
  if (verdict === "pool-full") sales.awaitRoom(sale, block.pieceBytes);
  if (verdict !== "serve") return verdict === "refuse" ? "refuse" : "hold";
  const ledger = countBlock(sale.ledger, sale.sends, block, now);
  if (ledger !== sale.ledger) sales.change(sale, ledger);
  if (isNew) assertWithinPools(sale, block.pieceBytes);
  return "serve";
}

/** A choke alone would leave the payer waiting without a word. */
function tellTooOften(sale: Sale): void {
  const lane = [...sale.lanes.keys()].at(-1);
  if (sale.isToldTooOften || lane === undefined) return;
  sale.isToldTooOften = true;
  sale.stream?.send({ type: "refuse", lane, reason: "SENT_TOO_OFTEN" });
}

/** Held requests of this sale are decided again. */
export function resume(sale: Sale): void {
  for (const wire of sale.wires) wire.resume();
}

/**
 * This sale owes less than before: its held requests are decided again, and those that its pools
 * held.
 */
export function resumeAll(sales: PayeeState["sales"], sale: Sale): void {
  for (const one of new Set([sale, ...sales.takeWaiting(sale)])) resume(one);
}
