import { type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { decodeBatch } from "../../protocol/contract/batch.ts";
import { withdrawBundle } from "../bundles/publish-bundle.ts";
import { decodeSettle, lastSecondOf } from "../chain/contract-calls.ts";
import { decodeSettlement, type SettlementOutcome } from "../chain/contract-events.ts";
import type { Ending } from "../chain/transactions/ending.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { endBatch, findBatch, findBatchOfBundle, type StoredBatch, setFailed } from "../store/tables/batches.ts";
import { reopenRows, type StoredLane, setLane, settleRows } from "../store/tables/lanes.ts";
import { addSettled } from "../store/tables/settled-sums.ts";
import { listSigners } from "../store/tables/transactions.ts";
import { type BatchRow, readRows } from "./batch-rows.ts";
import { feeRate } from "./fee-rate.ts";
import { worstGasOf } from "./packing.ts";

/** How the transaction of a batch ends (docs/protocol.md 7.4 and 7.5). */
export function settlementEnding({ chain, clock, log, store }: Context): Ending {
  return {
    deadlineOf: lastSecondOf,
    isDone: async ({ actionId }) => (await findBatch(store.db, actionId)).number !== null,
    gasOf: (data) => worstGasOf(decodeBatch(hexToBytes(decodeSettle(data)))),

    async onFinal(db, { actionId }, receipt) {
      const batch = await findBatch(db, actionId);
      // The event has told how it ended, of this transaction or an earlier one with the same batch.
      if (batch.number !== null) return;
      const outcome = decodeSettlement(chain.facts.contract, receipt.logs);
      invariant(outcome !== null, "SETTLED_MISSING", `transaction of ${actionId} has no Settled event`);
      await applyOutcome(db, { batch, outcome, block: receipt.block });
    },

    async onFailed(db, transaction, reason) {
      const batch = await findBatch(db, transaction.actionId);
      if (batch.number !== null) return;
      // Nothing was paid and nothing was wrong with any row: the lanes wait for another batch as
      // they are.
      const { id } = batch;
      await setFailed(db, id, clock.now());
      await reopenRows(db, id);
      // What was signed may be mined after a reorganization, and the chain then names its bundle.
      const isSigned = (await listSigners(db, transaction.id)).length > 0;
      if (!isSigned) await withdrawBundle(db, id, clock.now());
      log.error({ batch: id, reason }, "a settlement batch failed: its lanes are open again");
    },
  };
}

/**
 * A batch with this bundle was settled in a final block. The first such block counts. False: the
 * store has no such batch.
 */
export async function endSettled(
  db: Db,
  {
    bundleHash,
    outcome,
    block,
  }: { readonly bundleHash: Hex; readonly outcome: SettlementOutcome; readonly block: number },
): Promise<boolean> {
  const batch = await findBatchOfBundle(db, bundleHash);
  if (batch === undefined) return false;
  if (batch.number === null) await applyOutcome(db, { batch, outcome, block });
  return true;
}

async function applyOutcome(
  db: Db,
  {
    batch,
    outcome,
    block,
  }: { readonly batch: StoredBatch; readonly outcome: SettlementOutcome; readonly block: number },
): Promise<void> {
  const { actionId, kind } = batch;
  const rows = await readRows(db, batch);
  const paid = rows.filter((_, row) => !outcome.skipped.has(row));
  const total = paid.reduce((sum, { amount }) => sum + amount, 0n);
  const feeBps = feeRate(
    paid.map(({ amount }) => amount),
    outcome.fee,
  );
  invariant(total === outcome.total && feeBps !== null, "BATCH_TOTAL", `${actionId}: books and chain differ`);
  for (const [index, { lane }] of rows.entries()) {
    const reason = outcome.skipped.get(index);
    // After a reorganization it may be in another batch by now.
    const isHere = lane.batchId === batch.id && lane.state === "settling";
    if (reason !== undefined && isHere) await skip(db, lane, kind, reason);
  }
  await payRows(db, batch.id, paid, { feeBps, block });
  await endBatch(db, actionId, {
    number: outcome.batch,
    skipped: outcome.skipped.size,
    total: total.toString(),
    fee: outcome.fee.toString(),
  });
}

/** `batchId`: null for a batch that the store does not hold. */
export async function payRows(
  db: Db,
  batchId: number | null,
  rows: readonly BatchRow[],
  { feeBps, block }: { readonly feeBps: number; readonly block: number },
): Promise<void> {
  const sums = new Map<string, { payer: Address; payee: Address; amount: Amount }>();
  const whole: Parameters<typeof settleRows>[1][number][] = [];
  for (const { lane, amount } of rows) {
    const { sequence, payer, payee } = lane;
    sums.set(payer + payee, { payer, payee, amount: (sums.get(payer + payee)?.amount ?? 0n) + amount });
    const fee = ((amount * BigInt(feeBps)) / 10_000n).toString();
    const now = laterPaid(lane, amount, block);
    // It waits in another batch, whose row will be STALE.
    if (lane.state === "settling" && lane.batchId !== batchId) await setLane(db, lane, { fee, ...now });
    else if (amount >= BigInt(lane.amount)) whole.push({ sequence, fee, ...now });
    else await setLane(db, lane, { fee, ...now, state: "claiming", reason: "STALE" });
  }
  await settleRows(db, whole);
  for (const { payer, payee, amount } of sums.values()) await addSettled(db, payer, payee, amount);
}

/** What the chain had paid on a lane by `block`. Neither ever falls. */
function laterPaid(lane: StoredLane, amount: Amount, block: number): Pick<StoredLane, "paid" | "paidAtBlock"> {
  if (amount <= BigInt(lane.paid)) return { paid: lane.paid, paidAtBlock: lane.paidAtBlock };
  return { paid: amount.toString(), paidAtBlock: Math.max(block, lane.paidAtBlock ?? 0) };
}

/** The row paid nothing. Decides whether there is another way to pay the lane. */
async function skip(db: Db, lane: StoredLane, kind: StoredBatch["kind"], reason: string): Promise<void> {
  // A claim shows the allotment: it pays where a batch does not, on a lane or a session that is
  // used up.
  if (reason === "STALE" || reason === "SESSION") {
    const isPaid = BigInt(lane.paid) >= BigInt(lane.amount);
    return setLane(db, lane, isPaid ? { state: "settled", reason: null } : { state: "claiming", reason });
  }
  if (kind === "statements") return reopen(db, lane, kind, reason);
  await setLane(db, lane, { state: "skipped", reason });
}

/** A statement that paid nothing once is not tried again: the lane's voucher is. */
async function reopen(db: Db, lane: StoredLane, kind: StoredBatch["kind"], reason: string): Promise<void> {
  const vouchersFromNow = kind === "statements" ? { statementId: null, isVoucherOnly: 1 } : {};
  await setLane(db, lane, { state: "open", batchId: null, batchRow: null, reason, ...vouchersFromNow });
}
