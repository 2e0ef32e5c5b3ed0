import { bytesToHex, hexToBytes } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { type Batch, encodeBatch } from "../../protocol/contract/batch.ts";
import type { BatchReply, SettleReply } from "../../protocol/http/operator.ts";
import { publishBacklog, publishBundle } from "../bundles/publish-bundle.ts";
import { encodeSettle } from "../chain/contract-calls.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { listLeaving } from "../store/tables/accounts.ts";
import { type BatchWithTransaction, insertBatch, listBatches, readFailure } from "../store/tables/batches.ts";
import { askToClose, listOpenLanes, type StoredLane, setLane } from "../store/tables/lanes.ts";
import { listStatementSignatures } from "../store/tables/statements.ts";
import { enqueueTransaction } from "../store/tables/transactions.ts";
import { keyOf, rowsOf } from "./batch-rows.ts";
import { finishedSince, type OpenLane, planSettlement, type SettleReason } from "./planner.ts";
import { rulesOf } from "./rules.ts";

/** T's own wish, at every round. What has failed as a whole, such as by a wrong operator key, is not tried at each of them. */
export async function settleByPolicy(context: Context): Promise<void> {
  const failedAt = await readFailure(context.store.db);
  if (failedAt !== null && context.clock.now() < failedAt + context.config.params.settleAgeSec) return;
  await settleReady(context, { isForced: false });
}

/** Puts what is ready into batches: lanes, batch, its audit bundle and transaction change in one store transaction. */
export async function settleReady(
  context: Context,
  { isForced }: { isForced: boolean },
): Promise<SettleReply["waiting"]> {
  const { clock, store, log } = context;
  await publishBacklog(context);
  const { batches, waiting } = await store.transaction(async (trx) => {
    const open = await leaveToClaims(context, trx, await endDust(context, trx, await listOpenLanes(trx)));
    const plan = planSettlement(await describe(context, trx, open), clock.now(), rulesOf(context), isForced);
    const stored = new Map(open.map((lane) => [keyOf(lane), lane]));
    const begun: BegunBatch[] = [];
    for (const { batch, reason } of plan.batches) begun.push(await beginBatch(trx, batch, reason, stored));
    // Each bundle tells which lanes are in the other batches.
    for (const one of begun) await enqueueBatch(context, trx, one);
    return plan;
  });
  if (batches.length > 0) {
    log.info({ batches: batches.map(({ batch, reason }) => ({ kind: batch.kind, reason })) }, "settling");
    context.wake();
  }
  return waiting;
}

interface BegunBatch {
  readonly id: number;
  readonly actionId: string;
  readonly batch: Batch;
}

async function beginBatch(
  db: Db,
  batch: Batch,
  reason: SettleReason,
  open: ReadonlyMap<string, StoredLane>,
): Promise<BegunBatch> {
  const rows = rowsOf(batch);
  const { id, actionId } = await insertBatch(db, { kind: batch.kind, reason, rowCount: rows.length });
  for (const row of rows) {
    const lane = open.get(keyOf(row));
    invariant(lane !== undefined, "BATCH_LANE", "a batch holds a lane that is not open");
    await setLane(db, lane, { state: "settling", batchId: id });
  }
  return { id, actionId, batch };
}

async function enqueueBatch(context: Context, db: Db, { id, actionId, batch }: BegunBatch): Promise<void> {
  const bundleHash = await publishBundle(context, db, { id, batch });
  const data = encodeSettle(bytesToHex(encodeBatch({ ...batch, bundleHash })));
  await enqueueTransaction(db, { actionId, kind: "settle", recipient: context.chain.facts.contract, data });
}

/** Too small for a row, and nobody can claim them any more: they reserve nothing from now on. Returns the others. */
async function endDust(context: Context, db: Db, open: readonly StoredLane[]): Promise<StoredLane[]> {
  const { minRow, claimPeriodSec } = rulesOf(context);
  const now = context.clock.now();
  const isOver = (lane: StoredLane): boolean =>
    lane.statementId === null && BigInt(lane.amount) < minRow && now >= lane.expiresAt + claimPeriodSec;
  for (const lane of open) if (isOver(lane)) await setLane(db, lane, { state: "skipped", reason: "DUST" });
  return open.filter((lane) => !isOver(lane));
}

/** A claim of someone else has used up these lanes: a row would be STALE. Returns the others. */
async function leaveToClaims(context: Context, db: Db, open: readonly StoredLane[]): Promise<StoredLane[]> {
  const rules = rulesOf(context);
  const now = context.clock.now();
  const isUsedUp = (lane: StoredLane): boolean =>
    // In a statement it must stay: the signature covers all of its lanes.
    lane.paid !== "0" && lane.statementId === null && finishedSince(lane, now, rules) !== null;
  for (const lane of open) if (isUsedUp(lane)) await setLane(db, lane, { state: "claiming", reason: "STALE" });
  return open.filter((lane) => !isUsedUp(lane));
}

/** The operator's wish: ask payees to close what is open if `close`, then settle what is ready. */
export async function settleNow(context: Context, { close }: { close: boolean }): Promise<SettleReply> {
  if (close) await askToClose(context.store.db);
  const waiting = await settleReady(context, { isForced: true });
  return { batches: await listBatchReplies(context), waiting };
}

export async function listBatchReplies({ store }: Context): Promise<BatchReply[]> {
  return (await listBatches(store.db)).map(toReply);
}

/** What the planner must know of each lane. */
async function describe(context: Context, db: Db, lanes: readonly StoredLane[]): Promise<OpenLane[]> {
  const leaving = await listLeaving(db);
  const signatures = await listStatementSignatures(db);
  return lanes.map((lane) => {
    const { statementId } = lane;
    const signature = statementId === null ? undefined : signatures.get(statementId);
    return {
      ...toSettleable(lane),
      statement: statementId === null || !signature ? null : { id: statementId, signature: hexToBytes(signature) },
      isPayerOnline: context.presence.isOnline(lane.sessionKey),
      isPayerLeaving: leaving.has(lane.payer),
    };
  });
}

function toSettleable(lane: StoredLane): Omit<OpenLane, "statement" | "isPayerOnline" | "isPayerLeaving"> {
  const { payer, payee, sessionKey, expiresAt, finishedAt } = lane;
  invariant(lane.voucherSignature !== null, "LANE_UNSIGNED", `lane ${lane.lane} of ${payer} has no voucher`);
  return {
    payer,
    payee,
    sessionKey,
    lane: lane.lane,
    amount: BigInt(lane.amount),
    signature: hexToBytes(lane.voucherSignature),
    expiresAt,
    finishedAt,
    isVoucherOnly: lane.isVoucherOnly === 1,
  };
}

function toReply(batch: BatchWithTransaction): BatchReply {
  return {
    batch: batch.number,
    kind: batch.kind,
    reason: batch.reason,
    state: batch.state,
    txHash: batch.hash,
    rows: batch.rowCount,
    skipped: batch.skipped,
    total: batch.total,
    fee: batch.fee,
    gasUsed: batch.gasUsed,
  };
}
