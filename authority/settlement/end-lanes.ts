import type { Context } from "../context.ts";
import { derivedAt } from "../store/mirror/undo-log.ts";
import { findLanes, type StoredLane, setLane } from "../store/tables/lanes.ts";
import { finishedSince, settlementRules } from "./planner.ts";

/** How a lane ends that no batch can or will pay. */
type End =
  | { readonly state: "skipped"; readonly reason: "DUST" }
  | { readonly state: "claiming"; readonly reason: "STALE" };

/**
 * Ends lanes that are too small for a row once nobody can claim them, and leaves to claims what
 * someone else's claim has used up: their rows would be STALE. Returns the others.
 */
export async function endUsedUp<Lane extends StoredLane>(context: Context, open: readonly Lane[]): Promise<Lane[]> {
  const { chain, store } = context;
  const ended = open.filter((lane) => endOf(context, lane) !== null).map(({ sequence }) => sequence);
  if (ended.length === 0) return [...open];
  await store.transaction(async (trx) => {
    for (const lane of await findLanes(trx, ended)) {
      const end = lane.state === "open" ? endOf(context, lane) : null;
      if (end?.state === "skipped") await derivedAt(trx, chain.confirmed.number, () => setLane(trx, lane, end));
      else if (end) await setLane(trx, lane, end);
    }
  });
  const gone = new Set(ended);
  return open.filter(({ sequence }) => !gone.has(sequence));
}

function endOf(context: Context, lane: StoredLane): End | null {
  const { clock, chain, config } = context;
  // A lane of a statement must stay in it: the signature covers all of its lanes.
  if (lane.statementId !== null) return null;
  // Only a final block makes it too late for good.
  const isOver = chain.confirmed.timestamp >= lane.expiresAt + chain.facts.claimPeriodSec;
  if (isOver && BigInt(lane.amount) < config.params.minRow) return { state: "skipped", reason: "DUST" };
  const isFinished = finishedSince(lane, clock.now(), settlementRules(context)) !== null;
  return lane.paid !== "0" && isFinished ? { state: "claiming", reason: "STALE" } : null;
}
