import type { Hex } from "../../protocol/base/bytes.ts";
import type { Signature } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { type Batch, buildBatch, buildStatementBatch, type SettleableLane } from "../../protocol/contract/batch.ts";
import type { BatchReply, SettleReply } from "../../protocol/http/operator.ts";
import type { SignedStatement } from "../../protocol/signed/statement.ts";
import { pack, STATEMENT_COSTS, VOUCHER_COSTS } from "./packing.ts";

/** A lane with a voucher that is not in a batch. */
export interface OpenLane extends SettleableLane {
  readonly expiresAt: number;
  /** When it became full or was closed; null while it is neither. */
  readonly finishedAt: number | null;
  /** Of the payer, over exactly `amount`. */
  readonly statement: { readonly id: number; readonly signature: Signature } | null;
  /** No statement is waited for, or taken. */
  readonly isVoucherOnly: boolean;
  /** The peer that could sign a statement is there. */
  readonly isPayerOnline: boolean;
  /** The payer takes its money away. */
  readonly isPayerLeaving: boolean;
}

export interface SettlementRules {
  readonly minRow: Amount;
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

export type SettleReason = BatchReply["reason"];

export interface SettlementPlan {
  readonly batches: readonly { readonly batch: Batch; readonly reason: SettleReason }[];
  /** Lanes that are in no batch. */
  readonly waiting: SettleReply["waiting"];
}

const NO_BUNDLE: Hex = `0x${"0".repeat(64)}`;

/** Since when no greater voucher is expected: the lane is full, closed by its payee, or has expired. Null: one is. */
export function finishedSince(
  lane: Pick<OpenLane, "finishedAt" | "expiresAt">,
  now: number,
  { pushGraceSec }: Pick<SettlementRules, "pushGraceSec">,
): number | null {
  if (lane.finishedAt !== null) return lane.finishedAt;
  return now >= lane.expiresAt + pushGraceSec ? lane.expiresAt + pushGraceSec : null;
}

/**
 * What goes on-chain now (protocol.md section 6). Whatever makes one ready lane due takes all ready lanes along: they
 * share the batch's cost.
 */
export function planSettlement(
  lanes: readonly OpenLane[],
  now: number,
  rules: SettlementRules,
  isForced: boolean,
): SettlementPlan {
  const by = Map.groupBy(lanes, (lane) => standingOf(lane, now, rules));
  const ready = by.get("ready") ?? [];
  const count = (standing: Standing): number => by.get(standing)?.length ?? 0;
  const waiting = { open: count("open"), dust: count("dust"), statement: count("statement"), company: 0 };

  const batches = [...packStatements(ready), ...packVouchers(ready)];
  const reason = reasonToSettle(ready, batches.length, now, rules, isForced);
  if (reason === null) return { batches: [], waiting: { ...waiting, company: ready.length } };
  return { batches: batches.map((batch) => ({ batch, reason })), waiting };
}

type Standing = "open" | "dust" | "statement" | "ready";

function standingOf(lane: OpenLane, now: number, rules: SettlementRules): Standing {
  const finishedAt = finishedSince(lane, now, rules);
  if (finishedAt === null) return "open";
  // The lanes of a statement go together or not at all.
  if (lane.statement !== null) return "ready";
  if (lane.amount < rules.minRow) return "dust";
  if (lane.isVoucherOnly || !lane.isPayerOnline) return "ready";
  const { statementWaitSec } = rules;
  const waitsUntil = Math.min(finishedAt + statementWaitSec, deadlineOf(lane, rules) - statementWaitSec);
  return now < waitsUntil ? "statement" : "ready";
}

/** The first that holds. */
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
function deadlineOf({ expiresAt }: OpenLane, { claimPeriodSec }: SettlementRules): number {
  return expiresAt + claimPeriodSec / 4;
}

function packStatements(ready: readonly OpenLane[]): Batch[] {
  const signed = ready.filter(({ statement }) => statement !== null);
  const statements = [...Map.groupBy(signed, ({ statement }) => statement?.id).values()].map(statementOf);
  const parcels = statements.map((statement) => ({
    ...statement,
    payees: statement.lanes.map(({ payee }) => payee),
  }));
  return pack(parcels, STATEMENT_COSTS).map((load) => buildStatementBatch(NO_BUNDLE, load));
}

function statementOf(lanes: readonly OpenLane[]): SignedStatement {
  const { payer, sessionKey, statement } = lanes[0] as OpenLane & { statement: { signature: Signature } };
  const ascending = lanes.toSorted((a, b) => a.lane - b.lane);
  return {
    payer,
    sessionKey,
    signature: statement.signature,
    lanes: ascending.map(({ payee, lane, amount }) => ({ payee, lane, amount })),
  };
}

function packVouchers(ready: readonly OpenLane[]): Batch[] {
  const parcels = ready
    .filter(({ statement }) => statement === null)
    .toSorted((a, b) => (a.payer < b.payer ? -1 : a.payer > b.payer ? 1 : a.lane - b.lane))
    .map((lane) => ({ ...lane, payees: [lane.payee] }));
  return pack(parcels, VOUCHER_COSTS).map((load) => buildBatch(NO_BUNDLE, load));
}
