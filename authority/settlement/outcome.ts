import { hexToBytes } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { type Batch, decodeBatch } from "../../protocol/contract/batch.ts";
import type { Receipt } from "../chain/chain.ts";
import { decodeSettle, decodeSettlement } from "../chain/contract-calls.ts";
import type { Handler } from "../chain/outbox.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { endBatch, findBatch, setFailed } from "../store/tables/batches.ts";
import { keepPaid, listLanesOfBatch, type StoredLane, setLane } from "../store/tables/lanes.ts";
import { addSettled } from "../store/tables/settled-sums.ts";
import { keyOf, rowsOf } from "./batch-rows.ts";

interface Prepared {
  readonly feeBps: number;
}

/** What the chain did with a batch. */
export function settlementHandler({ chain, clock, log }: Context): Handler<Prepared> {
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
      const { id, kind } = await findBatch(db, transaction.actionId);
      await setFailed(db, id, clock.now());
      for (const lane of await listLanesOfBatch(db, id)) await reopen(db, lane, kind, null);
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
  const sums = new Map<string, { payer: Address; payee: Address; amount: Amount }>();
  let [total, fees] = [0n, 0n];
  for (const [index, row] of rowsOf(batch).entries()) {
    const lane = lanes.get(keyOf(row));
    invariant(lane !== undefined, "BATCH_LANE", `row ${index} of ${actionId} is no lane of it`);
    const reason = outcome.skipped.get(index);
    if (reason !== undefined) {
      await skip(db, lane, batch.kind, reason);
      continue;
    }
    const fee = (row.amount * BigInt(feeBps)) / 10_000n;
    total += row.amount;
    fees += fee;
    const { payer, payee } = lane;
    const pair = `${payer} ${payee}`;
    sums.set(pair, { payer, payee, amount: (sums.get(pair)?.amount ?? 0n) + row.amount });
    await keepPaid(db, lane, row.amount, receipt.block);
    await setLane(db, lane, { state: "settled", fee: fee.toString(), reason: null });
  }
  invariant(total === outcome.total && fees === outcome.fee, "BATCH_TOTAL", `${actionId}: books and chain differ`);
  for (const { payer, payee, amount } of sums.values()) await addSettled(db, payer, payee, amount);
  await endBatch(db, actionId, {
    number: outcome.batch,
    skipped: outcome.skipped.size,
    total: total.toString(),
    fee: fees.toString(),
  });
}

/** The row paid nothing: is there another way to pay the lane? */
async function skip(db: Db, lane: StoredLane, kind: Batch["kind"], reason: string): Promise<void> {
  if (reason === "STALE") return setLane(db, lane, { state: "claiming", reason });
  if (kind === "statements") return reopen(db, lane, kind, reason);
  await setLane(db, lane, { state: "skipped", reason });
}

/** A statement that did not work once is not tried again: the lane's voucher is. */
async function reopen(db: Db, lane: StoredLane, kind: Batch["kind"], reason: string | null): Promise<void> {
  const vouchersFromNow = kind === "statements" ? { statementId: null, isVoucherOnly: 1 } : {};
  await setLane(db, lane, { state: "open", batchId: null, reason, ...vouchersFromNow });
}
