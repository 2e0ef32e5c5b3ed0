import { type Batch, buildBatch, type SettleableLane } from "../../protocol/batch.ts";
import type { Hex } from "../../protocol/bytes.ts";
import type { Amount } from "../../protocol/units.ts";

/** A lane with a voucher that is not in a batch. */
export interface OpenLane extends SettleableLane {
  readonly cap: Amount;
  readonly expiresAt: number;
  readonly receivedAt: number;
  readonly isFinal: boolean;
}

export interface SettlementRules {
  readonly minRow: Amount;
  /** Ready lanes wait at most this long for company. */
  readonly settleAgeSec: number;
  /** The last vouchers of a lane may arrive this long after its end. */
  readonly pushGraceSec: number;
  readonly claimPeriodSec: number;
}

/** Keeps a batch of the dearest kind (one payer per row, 33,000 gas) below the 16,777,216 gas of one transaction. */
const MAX_BATCH_ROWS = 400;

const NO_EVIDENCE: Hex = `0x${"0".repeat(64)}`;

/** A lane is ready when no greater voucher can come: it is full, closed by its payee, or expired. */
function isReady(lane: OpenLane, now: number, rules: SettlementRules): boolean {
  if (lane.amount < rules.minRow) return false;
  return lane.amount === lane.cap || lane.isFinal || now >= lane.expiresAt + rules.pushGraceSec;
}

/** Batches of everything that is ready; with `isForced` at once, else when age, number or deadline asks for it. */
export function planBatches(
  lanes: readonly OpenLane[],
  now: number,
  rules: SettlementRules,
  isForced: boolean,
): readonly Batch[] {
  const ready = lanes.filter((lane) => isReady(lane, now, rules));
  const isDue =
    isForced ||
    ready.length >= MAX_BATCH_ROWS ||
    ready.some(
      (lane) => now >= lane.receivedAt + rules.settleAgeSec || now >= lane.expiresAt + rules.claimPeriodSec / 4,
    );
  if (!isDue) return [];
  const batches: Batch[] = [];
  for (let start = 0; start < ready.length; start += MAX_BATCH_ROWS)
    batches.push(buildBatch(NO_EVIDENCE, ready.slice(start, start + MAX_BATCH_ROWS)));
  return batches;
}
