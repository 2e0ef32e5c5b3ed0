import type { Signature } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import {
  type Batch,
  type BatchHead,
  buildBatch,
  buildStatementBatch,
  inGroupOrder,
  inRowOrder,
  type SettleableLane,
} from "../../protocol/contract/batch.ts";
import type { BatchReply, SettleReply } from "../../protocol/http/operator.ts";
import type { SignedStatement } from "../../protocol/signed/statement.ts";
import type { Context } from "../context.ts";
import { type GasWorth, keepWorth, rowFloor } from "./gas-worth.ts";
import { BASE_GAS, pack, STATEMENT_COSTS, VOUCHER_COSTS } from "./packing.ts";

/** What settles now, and why (docs/protocol.md 7.6). Pure. */

/** A lane with a voucher that is not in a batch. */
export interface OpenLane extends SettleableLane {
  /** Names the lane in the store. */
  readonly sequence: number;
  readonly expiresAt: number;
  /** When it became full or was closed; null while it is neither. */
  readonly finishedAt: number | null;
  /** The payer's statement of exactly `amount`. */
  readonly statement: { readonly id: number; readonly signature: Signature } | null;
  /** No statement is waited for, or taken. */
  readonly isVoucherOnly: boolean;
  /** The peer that could sign a statement is running. */
  readonly isPayerOnline: boolean;
  /** The payer takes its money away. */
  readonly isPayerLeaving: boolean;
}

export interface SettlementRules {
  /** Smaller rows are never worth their gas, base units. */
  readonly minRow: Amount;
  /** Base units that so much gas costs. */
  readonly costOf: GasWorth["costOf"];
  /** Ready lanes wait at most this long for company. */
  readonly settleAgeSec: number;
  /** Ready lanes that are worth this much together wait no longer. */
  readonly settleValue: Amount;
  /** Finished lanes of a payer that is online wait this long for its statement. */
  readonly statementWaitSec: number;
  /** The last vouchers of a lane may arrive this long after its end. */
  readonly pushGraceSec: number;
  readonly claimPeriodSec: number;
}

export function settlementRules({
  config,
  chain,
  gasWorth: { costOf },
}: Pick<Context, "config" | "chain" | "gasWorth">): SettlementRules {
  const { minRow, settleAgeSec, settleValue, statementWaitSec, pushIntervalSec } = config.params;
  return {
    minRow: rowFloor(minRow, costOf),
    costOf,
    settleAgeSec,
    settleValue,
    statementWaitSec,
    // A payee's last push may fail once.
    pushGraceSec: 3 * pushIntervalSec,
    claimPeriodSec: chain.facts.claimPeriodSec,
  };
}

type SettleReason = BatchReply["reason"];

/** A batch that lacks only its head: the hash of its bundle, and until when it is good. */
export interface PlannedBatch {
  readonly kind: Batch["kind"];
  readonly reason: SettleReason;
  /** In the order of the batch's rows. */
  readonly lanes: readonly OpenLane[];
  /** Over these lanes, in their order; none in a batch of vouchers. */
  readonly statements: readonly SignedStatement[];
}

/** A lane that is in no batch, and when to look at it again. */
export interface Postponed {
  readonly sequence: number;
  /** It waits only for company. */
  readonly isReady: boolean;
  /** Seconds since 1970; a lane that changes is looked at at once. */
  readonly dueAt: number;
}

export interface SettlementPlan {
  readonly batches: readonly PlannedBatch[];
  readonly postponed: readonly Postponed[];
  /** Counts of lanes that are in no batch. */
  readonly waiting: SettleReply["waiting"];
}

/**
 * Since when no greater voucher is expected, because the lane is full, closed by its payee, or
 * expired. Null while one may come.
 */
export function finishedSince(
  lane: Pick<OpenLane, "finishedAt" | "expiresAt">,
  now: number,
  { pushGraceSec }: Pick<SettlementRules, "pushGraceSec">,
): number | null {
  if (lane.finishedAt !== null) return lane.finishedAt;
  return now >= lane.expiresAt + pushGraceSec ? lane.expiresAt + pushGraceSec : null;
}

/**
 * Decides what goes on-chain now. Once one ready lane is due, all ready lanes go: they share the
 * batch's cost. `fullAt`: so many ready lanes are more than one transaction takes.
 */
export function planSettlement(
  lanes: readonly OpenLane[],
  now: number,
  rules: SettlementRules,
  { isForced, fullAt }: { readonly isForced: boolean; readonly fullAt: number },
): SettlementPlan {
  const late = lanes.filter((lane) => isTooLate(lane, now, rules)).map(({ statement }) => statement?.id);
  const lateStatements = new Set(late.filter((id) => id !== undefined));
  const by = Map.groupBy(lanes, (lane) =>
    isTooLate(lane, now, rules) || lateStatements.has(lane.statement?.id ?? -1) ? "dust" : laneState(lane, now, rules),
  );
  const all = by.get("ready") ?? [];
  const ready = isForced ? all : keepWorth(all, rules.costOf, BASE_GAS);
  const poor = ready.length === all.length ? [] : all.filter((lane) => !ready.includes(lane));
  const count = (state: LaneState): number => by.get(state)?.length ?? 0;
  const waiting = { open: count("open"), dust: count("dust"), statement: count("statement"), company: poor.length };
  const postponed = (["open", "dust", "statement"] as const).flatMap((state) =>
    (by.get(state) ?? []).map((lane) => postpone(lane, state, now, rules)),
  );
  for (const lane of poor) postponed.push(postpone(lane, "poor", now, rules));

  const batches = [...packStatements(ready), ...packVouchers(ready)];
  const loads = ready.length < fullAt ? batches.length : Number.POSITIVE_INFINITY;
  const reason = reasonToSettle(ready, loads, now, rules, isForced);
  if (reason !== null) return { batches: batches.map((batch) => ({ ...batch, reason })), postponed, waiting };
  return {
    batches: [],
    postponed: [...postponed, ...ready.map((lane) => postpone(lane, "ready", now, rules))],
    waiting: { ...waiting, company: all.length },
  };
}

/** What decides when an open lane settles. */
export type Waiting = Pick<
  OpenLane,
  "sequence" | "expiresAt" | "finishedAt" | "amount" | "isVoucherOnly" | "isPayerOnline"
> & {
  readonly statement: unknown;
};

/** What an open lane with a voucher waits for, and until when at most: for people who ask. */
export function waitOf(
  lane: Waiting,
  now: number,
  rules: SettlementRules,
): { readonly state: LaneState; readonly dueAt: number } {
  const state = laneState(lane, now, rules);
  return { state, dueAt: postpone(lane, state, now, rules).dueAt };
}

/** A payer that goes away frees its lanes earlier than it could sign, so they are looked at. */
function postpone(lane: Waiting, state: LaneState | "poor", now: number, rules: SettlementRules): Postponed {
  const { sequence, expiresAt } = lane;
  const { pushGraceSec, settleAgeSec, claimPeriodSec } = rules;
  const finishedAt = finishedSince(lane, now, rules) ?? now;
  const dueAt = {
    open: expiresAt + pushGraceSec,
    dust: expiresAt + claimPeriodSec,
    poor: expiresAt + claimPeriodSec,
    statement: Math.min(statementUntil(lane, finishedAt, rules), now + Math.ceil(pushGraceSec / 3)),
    ready: Math.min(finishedAt + settleAgeSec, deadlineOf(lane, rules)),
  }[state];
  return { sequence, isReady: state === "ready" || state === "poor", dueAt: Math.max(Math.ceil(dueAt), now + 1) };
}

export function batchOf({ kind, lanes, statements }: Omit<PlannedBatch, "reason">, head: BatchHead): Batch {
  return kind === "vouchers" ? buildBatch(head, lanes) : buildStatementBatch(head, statements);
}

/**
 * Last second in which a batch of these lanes may be mined: before the first of them is free again,
 * since its money may be promised anew then.
 */
export function validUntilOf(
  lanes: readonly Pick<OpenLane, "expiresAt">[],
  { claimPeriodSec }: Pick<SettlementRules, "claimPeriodSec">,
): number {
  return Math.min(...lanes.map(({ expiresAt }) => expiresAt)) + claimPeriodSec - 1;
}

/** No batch of it can be mined in time any more (`validUntilOf`). */
function isTooLate({ expiresAt }: OpenLane, now: number, { claimPeriodSec }: SettlementRules): boolean {
  return now >= expiresAt + claimPeriodSec;
}

export type LaneState = "open" | "dust" | "statement" | "ready";

function laneState(lane: Waiting, now: number, rules: SettlementRules): LaneState {
  const finishedAt = finishedSince(lane, now, rules);
  if (finishedAt === null) return "open";
  // The lanes of a statement go together or not at all.
  if (lane.statement !== null) return "ready";
  if (lane.amount < rules.minRow) return "dust";
  if (lane.isVoucherOnly || !lane.isPayerOnline) return "ready";
  return now < statementUntil(lane, finishedAt, rules) ? "statement" : "ready";
}

/** How long the payer has to sign. */
function statementUntil(lane: Pick<OpenLane, "expiresAt">, finishedAt: number, rules: SettlementRules): number {
  const { statementWaitSec } = rules;
  return Math.min(finishedAt + statementWaitSec, deadlineOf(lane, rules) - statementWaitSec);
}

/** The first reason that holds. */
function reasonToSettle(
  ready: readonly OpenLane[],
  batchCount: number,
  now: number,
  rules: SettlementRules,
  isForced: boolean,
): SettleReason | null {
  if (ready.length === 0) return null;
  if (isForced) return "forced";
  if (ready.some(({ isPayerLeaving }) => isPayerLeaving)) return "leaving";
  if (ready.some((lane) => now >= deadlineOf(lane, rules))) return "deadline";
  if (batchCount > new Set(ready.map(({ statement }) => statement === null)).size) return "full";
  if (ready.reduce((sum, { amount }) => sum + amount, 0n) >= rules.settleValue) return "value";
  const isOld = (lane: OpenLane): boolean => now >= (finishedSince(lane, now, rules) ?? now) + rules.settleAgeSec;
  return ready.some(isOld) ? "age" : null;
}

/** The last moment to begin: three quarters of the claim window are left for what may go wrong. */
function deadlineOf({ expiresAt }: Pick<OpenLane, "expiresAt">, { claimPeriodSec }: SettlementRules): number {
  return expiresAt + claimPeriodSec / 4;
}

type PackedBatch = Omit<PlannedBatch, "reason">;

function packStatements(ready: readonly OpenLane[]): PackedBatch[] {
  const signed = ready.filter(({ statement }) => statement !== null);
  const statements = [...Map.groupBy(signed, ({ statement }) => statement?.id).values()].map(statementOf);
  const parcels = statements.map((statement) => ({
    ...statement,
    payees: statement.lanes.map(({ payee }) => payee),
  }));
  return pack(parcels, STATEMENT_COSTS).map((load) => {
    const ordered = inGroupOrder(load);
    return { kind: "statements", statements: ordered, lanes: ordered.flatMap(({ lanes }) => lanes) };
  });
}

function statementOf(lanes: readonly OpenLane[]): SignedStatement & { readonly lanes: readonly OpenLane[] } {
  const { payer, sessionKey, statement } = lanes[0] as OpenLane & { statement: { signature: Signature } };
  return { payer, sessionKey, signature: statement.signature, lanes: lanes.toSorted((a, b) => a.lane - b.lane) };
}

function packVouchers(ready: readonly OpenLane[]): PackedBatch[] {
  const parcels = ready
    .filter(({ statement }) => statement === null)
    .toSorted((a, b) => (a.payer < b.payer ? -1 : a.payer > b.payer ? 1 : a.lane - b.lane))
    .map((lane) => ({ ...lane, payees: [lane.payee] }));
  return pack(parcels, VOUCHER_COSTS).map((load) => ({ kind: "vouchers", lanes: inRowOrder(load), statements: [] }));
}
