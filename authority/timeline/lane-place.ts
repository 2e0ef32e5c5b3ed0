import type { TimelineLane } from "../../protocol/http/timeline.ts";
import type { SettlementRules } from "../settlement/planner.ts";
import { finishedSince, waitOf } from "../settlement/planner.ts";
import type { StoredLane } from "../store/tables/lanes.ts";
import type { StoredTransaction } from "../store/tables/transactions.ts";

/** Where a lane's money is, what it waits for, and until when at most. */
export type LanePlace = Pick<TimelineLane, "place" | "waitsFor" | "waitsUntil">;

export interface LaneFacts {
  readonly now: number;
  readonly rules: SettlementRules;
  /** The peer that could sign a statement is running. */
  readonly isPayerOnline: boolean;
  /** Of its batch or claim; null without one. */
  readonly transaction: StoredTransaction["state"] | null;
}

const WAITS = { open: "end", dust: "claim", statement: "statement", ready: "company" } as const;

/** Pure: the planner's own rules say what an open lane waits for (docs/protocol.md 7.6). */
export function placeOf(lane: StoredLane, facts: LaneFacts): LanePlace {
  const { state, expiresAt } = lane;
  const { now, rules } = facts;
  if (state === "settled") return { place: "final", waitsFor: null, waitsUntil: null };
  if (state === "skipped") return { place: "skipped", waitsFor: null, waitsUntil: null };
  if (state !== "open") return underWay(facts.transaction);
  if (lane.amount === "0") {
    const isOver = lane.isFinal === 1 || finishedSince(lane, now, rules) !== null;
    return isOver
      ? { place: "expired", waitsFor: null, waitsUntil: null }
      : { place: "allotted", waitsFor: "voucher", waitsUntil: expiresAt };
  }
  const { state: waits, dueAt } = waitOf(
    {
      sequence: lane.sequence,
      expiresAt,
      finishedAt: lane.finishedAt,
      amount: BigInt(lane.amount),
      isVoucherOnly: lane.isVoucherOnly === 1,
      isPayerOnline: facts.isPayerOnline,
      statement: lane.statementId,
    },
    now,
    rules,
  );
  return { place: "accepted", waitsFor: WAITS[waits], waitsUntil: dueAt };
}

function underWay(transaction: LaneFacts["transaction"]): LanePlace {
  if (transaction === "mined") return { place: "mined", waitsFor: "confirmations", waitsUntil: null };
  // The books follow the chain within a round.
  if (transaction === "final") return { place: "final", waitsFor: null, waitsUntil: null };
  return { place: "batched", waitsFor: "block", waitsUntil: null };
}
