import { hexToBytes } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { decodeBatch } from "../../protocol/contract/batch.ts";
import { decodeSettle } from "../chain/contract-calls.ts";
import type { Db } from "../store/database.ts";
import type { StoredBatch } from "../store/tables/batches.ts";
import { findLane, listLanesOfBatch, type StoredLane } from "../store/tables/lanes.ts";
import { findTransaction } from "../store/tables/transactions.ts";

/** A row as it was sent, and its lane as it is now. */
export interface BatchRow {
  readonly lane: StoredLane;
  readonly amount: Amount;
}

/** The rows of a batch in their order. Lanes may have gone on since it was sent. */
export async function readRows(db: Db, { id, actionId }: StoredBatch): Promise<BatchRow[]> {
  const transaction = await findTransaction(db, actionId);
  invariant(transaction !== undefined, "BATCH_LANE", `${actionId} has no transaction`);
  const known = new Map((await listLanesOfBatch(db, id)).map((lane) => [`${lane.payer}/${lane.lane}`, lane]));
  const rows: BatchRow[] = [];
  for (const { payer, rows: own } of decodeBatch(hexToBytes(decodeSettle(transaction.data))).groups) {
    for (const { lane: number, amount } of own) {
      const lane = known.get(`${payer}/${number}`) ?? (await findLane(db, payer, number));
      invariant(lane !== undefined, "BATCH_LANE", `${actionId}: the store does not hold lane ${number} of ${payer}`);
      rows.push({ lane, amount });
    }
  }
  return rows;
}
