import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { derivedAt } from "../store/mirror/undo-log.ts";
import { findLanes, type StoredLane, setLane } from "../store/tables/lanes.ts";
import { dropStatement } from "../store/tables/statements.ts";
import { finishedSince, settlementRules } from "./planner.ts";

/** How a lane ends that no batch can or will pay. */
type End =
  | { readonly state: "skipped"; readonly reason: "DUST" | "EXPIRED" }
  | { readonly state: "claiming"; readonly reason: "STALE" };

/**
 * Ends lanes that nobody can claim any more, because no batch pays them either, and leaves to
 * claims what someone else's claim has used up: their rows would be STALE. Returns the others.
 */
export async function endUsedUp<Lane extends StoredLane>(context: Context, open: readonly Lane[]): Promise<Lane[]> {
  const { chain, store } = context;
  const ended = open.filter((lane) => endOf(context, lane) !== null).map(({ sequence }) => sequence);
  if (ended.length === 0) return [...open];
  await store.transaction(async (trx) => {
    for (const lane of await findLanes(trx, ended)) {
      const end = lane.state === "open" ? endOf(context, lane) : null;
      if (end?.state === "skipped") await derivedAt(trx, chain.confirmed.number, () => endForGood(trx, lane, end));
      else if (end) await setLane(trx, lane, end);
    }
  });
  const gone = new Set(ended);
  return open.filter(({ sequence }) => !gone.has(sequence));
}

/** A statement that covers it is of no use: its other lanes settle without. */
async function endForGood(db: Db, lane: StoredLane, end: End): Promise<void> {
  if (lane.statementId !== null) await dropStatement(db, lane.statementId);
  await setLane(db, lane, end);
}

function endOf(context: Context, lane: StoredLane): End | null {
  const { clock, chain } = context;
  // Only a final block makes it too late for good.
  const isOver = chain.confirmed.timestamp >= lane.expiresAt + chain.facts.claimPeriodSec;
  const isDust = lane.statementId === null && BigInt(lane.amount) < settlementRules(context).minRow;
  if (isOver) return { state: "skipped", reason: isDust ? "DUST" : "EXPIRED" };
  // A lane of a statement must stay in it: the signature covers all of its lanes.
  if (lane.statementId !== null) return null;
  const isFinished = finishedSince(lane, clock.now(), settlementRules(context)) !== null;
  return lane.paid !== "0" && isFinished ? { state: "claiming", reason: "STALE" } : null;
}
