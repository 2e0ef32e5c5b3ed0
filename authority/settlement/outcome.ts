import { hexToBytes } from "../../protocol/base/bytes.ts";
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
import { endBatch, findBatch, type StoredBatch, setFailed } from "../store/tables/batches.ts";
import { listLanesOfBatch, reopenRows, type StoredLane, setLane, settleRows } from "../store/tables/lanes.ts";
import { addSettled } from "../store/tables/settled-sums.ts";
import { worstGasOf } from "./packing.ts";

interface Prepared {
  readonly feeBps: number;
}

/** How a batch ends (docs/protocol.md 7.4 and 7.5). */
export function settlementEnding({ chain, clock, log, store }: Context): Ending<Prepared> {
  return {
    deadlineOf: lastSecondOf,
    isDone: async ({ actionId }) => (await findBatch(store.db, actionId)).number !== null,
    gasOf: (data) => worstGasOf(decodeBatch(hexToBytes(decodeSettle(data)))),

    prepare: async (receipt) => ({ feeBps: await chain.readFeeBps(receipt.block) }),

    async onFinal(db, { actionId }, receipt, { feeBps }) {
      const outcome = decodeSettlement(chain.facts.contract, receipt.logs);
      invariant(outcome !== null, "SETTLED_MISSING", `transaction of ${actionId} has no Settled event`);
      await applyOutcome(db, { batch: await findBatch(db, actionId), outcome, block: receipt.block, feeBps });
    },

    async onFailed(db, transaction, reason) {
      // Nothing was paid and nothing was wrong with any row: the lanes wait for another batch as
      // they are.
      const { id } = await findBatch(db, transaction.actionId);
      await setFailed(db, id, clock.now());
      await reopenRows(db, id);
      await withdrawBundle(db, id, clock.now());
      log.error({ batch: id, reason }, "a settlement batch failed: its lanes are open again");
    },
  };
}

async function applyOutcome(
  db: Db,
  {
    batch,
    outcome,
    block,
    feeBps,
  }: {
    readonly batch: StoredBatch;
    readonly outcome: SettlementOutcome;
    readonly block: number;
    readonly feeBps: number;
  },
): Promise<void> {
  const { id, actionId, kind, rowCount } = batch;
  const lanes = await listLanesOfBatch(db, id);
  const isWhole = lanes.length === rowCount && lanes.every(({ batchRow }, row) => batchRow === row);
  invariant(isWhole, "BATCH_LANE", `${actionId}: the store does not hold a lane for each of ${rowCount} rows`);
  const sums = new Map<string, { payer: Address; payee: Address; amount: Amount }>();
  const paid: Parameters<typeof settleRows>[1][number][] = [];
  let [total, fees] = [0n, 0n];
  for (const [row, lane] of lanes.entries()) {
    const reason = outcome.skipped.get(row);
    if (reason !== undefined) {
      await skip(db, lane, kind, reason);
      continue;
    }
    const amount = BigInt(lane.amount);
    const fee = (amount * BigInt(feeBps)) / 10_000n;
    total += amount;
    fees += fee;
    const { payer, payee } = lane;
    sums.set(payer + payee, { payer, payee, amount: (sums.get(payer + payee)?.amount ?? 0n) + amount });
    paid.push({ sequence: lane.sequence, fee: fee.toString(), ...laterPaid(lane, amount, block) });
  }
  await settleRows(db, paid);
  invariant(total === outcome.total && fees === outcome.fee, "BATCH_TOTAL", `${actionId}: books and chain differ`);
  for (const { payer, payee, amount } of sums.values()) await addSettled(db, payer, payee, amount);
  await endBatch(db, actionId, {
    number: outcome.batch,
    skipped: outcome.skipped.size,
    total: total.toString(),
    fee: fees.toString(),
  });
}

/** What the chain had paid on a lane by `block`. Neither ever falls. */
function laterPaid(lane: StoredLane, amount: Amount, block: number): Pick<StoredLane, "paid" | "paidAtBlock"> {
  if (amount <= BigInt(lane.paid)) return lane;
  return { paid: amount.toString(), paidAtBlock: Math.max(block, lane.paidAtBlock ?? 0) };
}

/** The row paid nothing. Decides whether there is another way to pay the lane. */
async function skip(db: Db, lane: StoredLane, kind: StoredBatch["kind"], reason: string): Promise<void> {
  // A claim shows the allotment: it pays where a batch does not, on a lane or a session that is
  // used up.
  if (reason === "STALE" || reason === "SESSION") return setLane(db, lane, { state: "claiming", reason });
  if (kind === "statements") return reopen(db, lane, kind, reason);
  await setLane(db, lane, { state: "skipped", reason });
}

/** A statement that paid nothing once is not tried again: the lane's voucher is. */
async function reopen(db: Db, lane: StoredLane, kind: StoredBatch["kind"], reason: string): Promise<void> {
  const vouchersFromNow = kind === "statements" ? { statementId: null, isVoucherOnly: 1 } : {};
  await setLane(db, lane, { state: "open", batchId: null, batchRow: null, reason, ...vouchersFromNow });
}
