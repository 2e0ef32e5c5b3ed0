import { bytesToHex, hexToBytes } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { encodeBatch } from "../../protocol/contract/batch.ts";
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
import {
  batchOf,
  finishedSince,
  type OpenLane,
  type PlannedBatch,
  planSettlement,
  settlementRules,
  validUntilOf,
} from "./planner.ts";

/**
 * Settles what is due, at every round. After a batch has failed as a whole, such as by a wrong
 * operator key, the authority waits before it tries again.
 */
export async function settleByPolicy(context: Context): Promise<void> {
  const failedAt = await readFailure(context.store.db);
  if (failedAt !== null && context.clock.now() < failedAt + context.config.params.settleAgeSec) return;
  await settleReady(context, { isForced: false });
}

/**
 * Puts ready lanes into batches. Lanes, batches, bundles and transactions change in one store
 * transaction.
 */
export async function settleReady(
  context: Context,
  { isForced }: { isForced: boolean },
): Promise<SettleReply["waiting"]> {
  const { clock, store, log } = context;
  await publishBacklog(context);
  const { batches, waiting } = await store.transaction(async (trx) => {
    const open = await leaveToClaims(context, trx, await endDust(context, trx, await listOpenLanes(trx)));
    const lanes = await describe(context, trx, open);
    const plan = planSettlement(lanes, clock.now(), settlementRules(context), isForced);
    const begun: BegunBatch[] = [];
    for (const batch of plan.batches) begun.push(await beginBatch(trx, batch));
    // Each bundle tells which lanes are in the other batches.
    for (const batch of begun) await enqueueBatch(context, trx, batch);
    return plan;
  });
  if (batches.length > 0) {
    log.info({ batches: batches.map(({ kind, reason }) => ({ kind, reason })) }, "settling");
    context.wake();
  }
  return waiting;
}

interface BegunBatch extends PlannedBatch {
  readonly id: number;
  readonly actionId: string;
}

async function beginBatch(db: Db, batch: PlannedBatch): Promise<BegunBatch> {
  const { kind, reason, lanes } = batch;
  const { id, actionId } = await insertBatch(db, { kind, reason, rowCount: lanes.length });
  for (const [batchRow, lane] of lanes.entries()) await setLane(db, lane, { state: "settling", batchId: id, batchRow });
  return { ...batch, id, actionId };
}

async function enqueueBatch(context: Context, db: Db, batch: BegunBatch): Promise<void> {
  const bundleHash = await publishBundle(context, db, batch);
  const validUntil = validUntilOf(batch.lanes, settlementRules(context));
  const data = encodeSettle(bytesToHex(encodeBatch(batchOf(batch, { bundleHash, validUntil }))));
  const { contract: recipient } = context.chain.facts;
  await enqueueTransaction(db, { actionId: batch.actionId, kind: "settle", recipient, data });
}

/**
 * Ends lanes that are too small for a row once nobody can claim them. Returns the others.
 */
async function endDust({ chain, clock, config }: Context, db: Db, open: readonly StoredLane[]): Promise<StoredLane[]> {
  const { claimPeriodSec } = chain.facts;
  const now = clock.now();
  const isOver = (lane: StoredLane): boolean =>
    lane.statementId === null && BigInt(lane.amount) < config.params.minRow && now >= lane.expiresAt + claimPeriodSec;
  for (const lane of open) if (isOver(lane)) await setLane(db, lane, { state: "skipped", reason: "DUST" });
  return open.filter((lane) => !isOver(lane));
}

/**
 * Leaves lanes that someone else's claim has used up to claims: their rows would be STALE. Returns
 * the others.
 */
async function leaveToClaims(context: Context, db: Db, open: readonly StoredLane[]): Promise<StoredLane[]> {
  const rules = settlementRules(context);
  const now = context.clock.now();
  const isUsedUp = (lane: StoredLane): boolean =>
    // A lane of a statement must stay in it: the signature covers all of its lanes.
    lane.paid !== "0" && lane.statementId === null && finishedSince(lane, now, rules) !== null;
  for (const lane of open) if (isUsedUp(lane)) await setLane(db, lane, { state: "claiming", reason: "STALE" });
  return open.filter((lane) => !isUsedUp(lane));
}

/**
 * Settles what is ready because the operator asked. `close`: asks payees to close their open lanes,
 * too.
 */
export async function settleNow(context: Context, { close }: { close: boolean }): Promise<SettleReply> {
  if (close) await askToClose(context.store.db);
  const waiting = await settleReady(context, { isForced: true });
  return { batches: await listBatchReplies(context), waiting };
}

export async function listBatchReplies({ store }: Context): Promise<BatchReply[]> {
  return (await listBatches(store.db)).map(toReply);
}

/** Tells the planner what it must know of each lane. */
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
  const { sequence, payer, payee, sessionKey, expiresAt, finishedAt } = lane;
  invariant(lane.voucherSignature !== null, "LANE_UNSIGNED", `lane ${lane.lane} of ${payer} has no voucher`);
  return {
    sequence,
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
