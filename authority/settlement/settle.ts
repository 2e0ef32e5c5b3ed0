import { hexToBytes } from "../../protocol/base/bytes.ts";
import { invariant } from "../../protocol/base/errors.ts";
import type { Batches, BatchReply, SettleReply } from "../../protocol/http/operator.ts";
import { MAX_BESIDE, publishBacklog } from "../bundles/publish-bundle.ts";
import type { Context } from "../context.ts";
import { nextTurn } from "../store/next-turn.ts";
import { listLeaving } from "../store/tables/accounts.ts";
import { type BatchWithTransaction, listBatches, readFailure } from "../store/tables/batches.ts";
import { type DueLane, hasDueLanes, listDueLanes, pageOpenLanes, setAppointments } from "../store/tables/due-lanes.ts";
import { askToClose, type StoredLane } from "../store/tables/lanes.ts";
import { listLanesOfStatements, listStatementSignatures } from "../store/tables/statements.ts";
import { beginBatch } from "./begin-batch.ts";
import { endUsedUp } from "./end-lanes.ts";
import { type OpenLane, planSettlement, settlementRules } from "./planner.ts";

/**
 * Lanes that are read and planned at once: the event loop stands still for no longer than that
 * takes. So many ready lanes wait for no company.
 */
const WINDOW = 1_000;

/** Batches in one reply. */
const PAGE = 100;

/**
 * Settles what is due, at every round. What is not due is not even read. After a batch has failed
 * as a whole, such as by a wrong operator key, the authority waits before it tries again.
 */
export async function settleByPolicy(context: Context): Promise<void> {
  const { clock, config, store } = context;
  await publishBacklog(context);
  const failedAt = await readFailure(store.db);
  if (failedAt !== null && clock.now() < failedAt + config.params.settleAgeSec) return;
  if (!(await hasDueLanes(store.db, clock.now()))) return;
  await context.gasWorth.refresh();
  const lanes = await listDueLanes(store.db, clock.now(), WINDOW);
  await settleWindow(context, lanes, { isForced: false });
  if (lanes.length >= WINDOW) context.wake();
}

/**
 * Settles all that is ready, whatever it waits for. It reads all open lanes, a window at a time. A
 * kill between two batches leaves the rest as it was.
 */
export async function settleReady(context: Context): Promise<SettleReply["waiting"]> {
  await publishBacklog(context);
  const waiting = { open: 0, dust: 0, statement: 0, company: 0 };
  let last = 0;
  for (;;) {
    const lanes = await pageOpenLanes(context.store.db, last, WINDOW);
    if (lanes.length === 0) return waiting;
    last = lanes.at(-1)?.sequence as number;
    const more = await settleWindow(context, lanes, { isForced: true });
    for (const state of ["open", "dust", "statement", "company"] as const) waiting[state] += more[state];
  }
}

/** Plans these lanes and settles what is ready, batch by batch, each in a store transaction. */
async function settleWindow(
  context: Context,
  window: readonly DueLane[],
  { isForced }: { readonly isForced: boolean },
): Promise<SettleReply["waiting"]> {
  const { clock, store, log } = context;
  await nextTurn();
  const open = await withWholeStatements(context, await endUsedUp(context, window));
  const rules = settlementRules(context);
  const lanes = await describe(context, open);
  const { batches, postponed, waiting } = planSettlement(lanes, clock.now(), rules, { isForced, fullAt: WINDOW });
  const changes = new Map(window.map((lane) => [lane.sequence, lane.changes]));
  const known = postponed.flatMap((one) => {
    const count = changes.get(one.sequence);
    return count === undefined ? [] : [{ ...one, changes: count }];
  });
  await setAppointments(store.db, known);
  if (batches.length > 0) await publishBacklog(context, MAX_BESIDE);
  for (const batch of batches) {
    await nextTurn();
    const { kind, reason } = batch;
    const rows = await beginBatch(context, batch);
    if (rows > 0) log.info({ kind, reason, rows }, "settling");
    context.wake();
  }
  return waiting;
}

/** A statement settles with all of its lanes, so those that the window lacks come along. */
async function withWholeStatements({ store }: Context, lanes: readonly StoredLane[]): Promise<StoredLane[]> {
  const ids = [...new Set(lanes.flatMap(({ statementId }) => statementId ?? []))];
  if (ids.length === 0) return [...lanes];
  const all = Map.groupBy(await listLanesOfStatements(store.db, ids), ({ statementId }) => statementId);
  const signed: StoredLane[] = [];
  for (const id of ids) {
    const own = all.get(id) ?? [];
    // The others wait for the next window.
    if (signed.length > 0 && signed.length + own.length > 2 * WINDOW) break;
    if (own.every(({ state }) => state === "open")) signed.push(...own);
  }
  return [...lanes.filter(({ statementId }) => statementId === null), ...signed];
}

/**
 * Settles what is ready because the operator asked. `close`: asks payees to close their open lanes,
 * too.
 */
export async function settleNow(context: Context, { close }: { close: boolean }): Promise<SettleReply> {
  if (close) await askToClose(context.store.db);
  const waiting = await settleReady(context);
  const { batches } = await listBatchReplies(context, Number.MAX_SAFE_INTEGER);
  return { batches, waiting };
}

/** A page of batches, newest first, from below the id `before`. */
export async function listBatchReplies({ store }: Context, before: number): Promise<Batches> {
  const batches = await listBatches(store.db, before, PAGE);
  return {
    batches: batches.map(batchReply),
    cursor: batches.length === PAGE ? String(batches.at(-1)?.id) : null,
  };
}

/** Tells the planner what it must know of each lane. */
async function describe({ presence, store }: Context, lanes: readonly StoredLane[]): Promise<OpenLane[]> {
  const leaving = await listLeaving(store.db);
  const ids = new Set(lanes.flatMap(({ statementId }) => statementId ?? []));
  const signatures = await listStatementSignatures(store.db, [...ids]);
  return lanes.map((lane) => {
    const { statementId } = lane;
    const signature = statementId === null ? undefined : signatures.get(statementId);
    return {
      ...toSettleable(lane),
      statement: statementId === null || !signature ? null : { id: statementId, signature: hexToBytes(signature) },
      isPayerOnline: presence.isOnline(lane.sessionKey),
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

export function batchReply(batch: BatchWithTransaction): BatchReply {
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
