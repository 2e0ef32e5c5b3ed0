import { type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { decodeBatch } from "../../protocol/contract/batch.ts";
import type { Context } from "../context.ts";
import type { BatchRow } from "../settlement/batch-rows.ts";
import { feeRate } from "../settlement/fee-rate.ts";
import { payRows } from "../settlement/outcome.ts";
import type { Db } from "../store/database.ts";
import { derivedAt } from "../store/mirror/undo-log.ts";
import { insertLostRow, type LostBatch, listUnreadBatches, setRead } from "../store/restore/lost-batches.ts";
import { findLane } from "../store/tables/lanes.ts";

/**
 * Counts what batches have paid of which the store knows nothing: those that it has lost, or that
 * someone else has sent with the operator's key. @throws {ChainError} RPC_UNAVAILABLE
 */
export async function readLostBatches({ chain, log, store }: Pick<Context, "chain" | "log" | "store">): Promise<void> {
  for (const batch of await listUnreadBatches(store.db)) {
    const data = await chain.readBatch(batch.number, batch.block);
    if (data === null) continue;
    log.error({ batch: batch.number, block: batch.block }, "the chain has a batch that the store does not know");
    await store.transaction((trx) => derivedAt(trx, batch.block, () => countRows(trx, batch, data)));
  }
}

async function countRows(db: Db, batch: LostBatch, data: Hex): Promise<void> {
  const skipped = new Set(JSON.parse(batch.skipped) as number[]);
  const rows = decodeBatch(hexToBytes(data)).groups.flatMap(({ payer, rows: own }) =>
    own.map(({ lane, amount }) => ({ payer, lane, amount })),
  );
  const paid = rows.filter((_, row) => !skipped.has(row));
  const feeBps = feeRate(
    paid.map(({ amount }) => amount),
    BigInt(batch.fee),
  );
  const total = paid.reduce((sum, { amount }) => sum + amount, 0n);
  invariant(total === BigInt(batch.total) && feeBps !== null, "BATCH_TOTAL", `batch ${batch.number} and chain differ`);
  const known: BatchRow[] = [];
  for (const { payer, lane: number, amount } of paid) {
    const lane = await findLane(db, payer, number);
    if (lane) known.push({ lane, amount });
    const fee = ((amount * BigInt(feeBps)) / 10_000n).toString();
    const row = { payer, lane: number, amount: amount.toString(), fee, block: batch.block };
    if (!lane) await insertLostRow(db, row);
  }
  await payRows(db, null, known, { feeBps, block: batch.block });
  await setRead(db, batch.number);
}
