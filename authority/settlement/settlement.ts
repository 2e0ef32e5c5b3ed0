import type { BatchReply, SettleReply } from "../../protocol/api.ts";
import { type Batch, decodeBatch, encodeBatch } from "../../protocol/batch.ts";
import { bytesToHex, hexToBytes } from "../../protocol/bytes.ts";
import { invariant } from "../../protocol/errors.ts";
import type { Receipt } from "../chain.ts";
import type { Context } from "../context.ts";
import { decodeSettle, decodeSettlement, encodeSettle } from "../contract-calls.ts";
import type { Handler } from "../outbox.ts";
import { type BatchWithTransaction, endBatch, findBatch, insertBatch, listBatches } from "../store/batches.ts";
import type { Db } from "../store/database.ts";
import { askToClose, listLanesOfBatch, listOpenLanes, type StoredLane, setLane } from "../store/lanes.ts";
import { enqueueTransaction } from "../store/transactions.ts";
import { type OpenLane, planBatches, type SettlementRules } from "./planner.ts";

/** Puts what is ready into batches: lanes, batch and transaction change in one store transaction. */
export async function settleReady(context: Context, { isForced }: { isForced: boolean }): Promise<void> {
  const { chain, clock, store, log } = context;
  const rules = rulesOf(context);
  const count = await store.transaction(async (trx) => {
    const open = await listOpenLanes(trx);
    const batches = planBatches(open.map(toOpenLane), clock.now(), rules, isForced);
    const stored = new Map(open.map((lane) => [keyOf(lane), lane]));
    for (const batch of batches) {
      const rows = rowsOf(batch);
      const { id, actionId } = await insertBatch(trx, rows.length);
      const data = encodeSettle(bytesToHex(encodeBatch(batch)));
      await enqueueTransaction(trx, { actionId, kind: "settle", recipient: chain.facts.contract, data });
      for (const row of rows) {
        const lane = stored.get(keyOf(row));
        invariant(lane !== undefined, "BATCH_LANE", "a batch holds a lane that is not open");
        await setLane(trx, lane, { state: "settling", batchId: id });
      }
    }
    return batches.length;
  });
  if (count === 0) return;
  log.info({ batches: count }, "settling");
  context.wake();
}

/** The operator's wish: ask payees to close what is open if `close`, then settle what is ready. */
export async function settleNow(context: Context, { close }: { close: boolean }): Promise<SettleReply> {
  if (close) await askToClose(context.store.db);
  await settleReady(context, { isForced: true });
  const waiting = await listOpenLanes(context.store.db);
  return { batches: await listBatchReplies(context), waiting: waiting.length };
}

export async function listBatchReplies({ store }: Context): Promise<BatchReply[]> {
  return (await listBatches(store.db)).map(toReply);
}

interface Prepared {
  readonly feeBps: number;
}

/** What the chain did with a batch. */
export function settlementHandler({ chain, log }: Context): Handler<Prepared> {
  return {
    prepare: async (receipt) => ({ feeBps: await chain.readFeeBps(receipt.block) }),

    async onFinal(db, transaction, receipt, { feeBps }) {
      const batch = decodeBatch(hexToBytes(decodeSettle(transaction.data)));
      await applyOutcome(db, {
        contract: chain.facts.contract,
        batch,
        actionId: transaction.actionId,
        receipt,
        feeBps,
      });
    },

    async onFailed(db, transaction, reason) {
      // Nothing was paid: the lanes wait for another batch.
      const { id } = await findBatch(db, transaction.actionId);
      for (const lane of await listLanesOfBatch(db, id)) await setLane(db, lane, { state: "open", batchId: null });
      log.error({ batch: id, reason }, "a settlement batch failed: its lanes are open again");
    },
  };
}

async function applyOutcome(
  db: Db,
  {
    contract,
    batch,
    actionId,
    receipt,
    feeBps,
  }: {
    readonly contract: `0x${string}`;
    readonly batch: Batch;
    readonly actionId: string;
    readonly receipt: Receipt;
    readonly feeBps: number;
  },
): Promise<void> {
  const outcome = decodeSettlement(contract, receipt.logs);
  invariant(outcome !== null, "SETTLED_MISSING", `transaction of ${actionId} has no Settled event`);
  const stored = await findBatch(db, actionId);
  const lanes = new Map((await listLanesOfBatch(db, stored.id)).map((lane) => [keyOf(lane), lane]));
  let [total, fees] = [0n, 0n];
  for (const [index, row] of rowsOf(batch).entries()) {
    const lane = lanes.get(keyOf(row));
    invariant(lane !== undefined, "BATCH_LANE", `row ${index} of ${actionId} is no lane of it`);
    const reason = outcome.skipped.get(index);
    if (reason !== undefined) {
      await setLane(db, lane, { state: "skipped", reason });
      continue;
    }
    const fee = (row.amount * BigInt(feeBps)) / 10_000n;
    total += row.amount;
    fees += fee;
    const paid = { paid: row.amount.toString(), fee: fee.toString(), paidAtBlock: receipt.block };
    await setLane(db, lane, { state: "settled", ...paid });
  }
  invariant(total === outcome.total && fees === outcome.fee, "BATCH_TOTAL", `${actionId}: books and chain differ`);
  const sums = { total: total.toString(), fee: fees.toString() };
  await endBatch(db, actionId, { number: outcome.batch, skipped: outcome.skipped.size, ...sums });
}

/** In the order in which the contract counts them. */
function rowsOf(batch: Batch): { payer: string; lane: number; amount: bigint }[] {
  return batch.groups.flatMap(({ payer, rows }) => rows.map(({ lane, amount }) => ({ payer, lane, amount })));
}

function keyOf({ payer, lane }: { readonly payer: string; readonly lane: number }): string {
  return `${payer} ${lane}`;
}

function toOpenLane(lane: StoredLane): OpenLane {
  const { payer, payee, sessionKey, expiresAt } = lane;
  invariant(lane.voucherSignature !== null, "LANE_UNSIGNED", `lane ${lane.lane} of ${payer} has no voucher`);
  return {
    payer,
    payee,
    sessionKey,
    lane: lane.lane,
    amount: BigInt(lane.amount),
    signature: hexToBytes(lane.voucherSignature),
    cap: BigInt(lane.cap),
    expiresAt,
    receivedAt: lane.receivedAt ?? 0,
    isFinal: lane.isFinal === 1,
  };
}

function rulesOf({ config, chain }: Context): SettlementRules {
  const { minRow, settleAgeSec, pushIntervalSec } = config.params;
  // A payee's last push may fail once.
  return { minRow, settleAgeSec, pushGraceSec: 3 * pushIntervalSec, claimPeriodSec: chain.facts.claimPeriodSec };
}

function toReply(batch: BatchWithTransaction): BatchReply {
  return {
    batch: batch.number,
    state: batch.state,
    txHash: batch.hash,
    rows: batch.rowCount,
    skipped: batch.skipped,
    total: batch.total,
    fee: batch.fee,
    gasUsed: batch.gasUsed,
  };
}
