import { bytesToHex } from "../../protocol/base/bytes.ts";
import { encodeBatch } from "../../protocol/contract/batch.ts";
import { publishBundle } from "../bundles/publish-bundle.ts";
import { encodeSettle } from "../chain/contract-calls.ts";
import type { Context } from "../context.ts";
import { insertBatch } from "../store/tables/batches.ts";
import { beginRows, findLanes, type StoredLane } from "../store/tables/lanes.ts";
import { enqueueTransaction } from "../store/tables/transactions.ts";
import { batchOf, type OpenLane, type PlannedBatch, settlementRules, validUntilOf } from "./planner.ts";

/**
 * Stores a planned batch: its lanes, its bundle and its transaction change in one store
 * transaction. Time has passed since it was planned: what has changed meanwhile stays out of it.
 * Returns how many lanes it has.
 */
export async function beginBatch(context: Context, planned: PlannedBatch): Promise<number> {
  const { chain, store } = context;
  return store.transaction(async (trx) => {
    const stored = await findLanes(
      trx,
      planned.lanes.map(({ sequence }) => sequence),
    );
    const now = new Map(stored.map((lane) => [lane.sequence, lane]));
    const batch = withoutChanged(planned, now);
    const { kind, reason, lanes, statements } = batch;
    if (lanes.length === 0) return 0;
    const sequences = lanes.map(({ sequence }) => sequence);
    const { id, actionId } = await insertBatch(trx, { kind, reason, rowCount: lanes.length });
    await beginRows(trx, id, sequences);
    const settling = sequences.map((sequence) => now.get(sequence) as StoredLane);
    const bundleHash = await publishBundle(context, trx, { id, settling, statements });
    const validUntil = validUntilOf(lanes, settlementRules(context));
    const data = encodeSettle(bytesToHex(encodeBatch(batchOf(batch, { bundleHash, validUntil }))));
    await enqueueTransaction(trx, { actionId, kind: "settle", recipient: chain.facts.contract, data });
    return lanes.length;
  });
}

function withoutChanged(batch: PlannedBatch, now: ReadonlyMap<number, StoredLane>): PlannedBatch {
  const changed = batch.lanes.filter((lane) => hasChanged(lane, now.get(lane.sequence)));
  if (changed.length === 0) return batch;
  // The lanes of a statement go together or not at all.
  const dropped = new Set(changed.map(({ statement }) => statement?.id));
  const isKept = (lane: OpenLane): boolean =>
    batch.kind === "statements" ? !dropped.has(lane.statement?.id) : !changed.includes(lane);
  const lanes = batch.lanes.filter(isKept);
  const kept = new Set(lanes.map(({ payer, lane }) => `${payer}/${lane}`));
  const statements = batch.statements.filter(({ payer, lanes: [first] }) => kept.has(`${payer}/${first?.lane}`));
  return { ...batch, lanes, statements };
}

function hasChanged({ amount, statement }: OpenLane, lane: StoredLane | undefined): boolean {
  return (
    lane?.state !== "open" ||
    lane.amount !== amount.toString() ||
    lane.statementId !== (statement?.id ?? null) ||
    // Somebody's claim has used it up: its row would be STALE.
    (lane.paid !== "0" && statement === null)
  );
}
