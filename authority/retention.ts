import { REQUEST_SKEW_SEC } from "../protocol/base/constants.ts";
import type { Context } from "./context.ts";
import type { Db } from "./store/database.ts";
import { nextTurn } from "./store/next-turn.ts";
import { forgetLanes, listPastLanes } from "./store/retention/past-lanes.ts";
import {
  forgetGasUses,
  forgetRequests,
  forgetRetracted,
  forgetSessions,
  forgetStatements,
} from "./store/retention/past-rows.ts";
import { forgetTickets } from "./store/sponsors/tickets.ts";
import { findBundleTip } from "./store/tables/bundles.ts";

const EVERY_SEC = 3_600;
/** Rows that one store transaction takes. */
const AT_ONCE = 500;

/**
 * Forgets what ended long ago (docs/protocol.md 9.4): never money, never what no bundle tells, and
 * no bundle. What it takes, nobody can claim, settle or reorganize any more.
 */
export function createRetention({ chain, clock, config, store }: Context): () => Promise<void> {
  let doneAt = Number.NEGATIVE_INFINITY;
  /** Slice after slice, until one is not full. */
  const forget = async (slice: (db: Db) => Promise<number>): Promise<void> => {
    while ((await store.transaction(slice)) >= AT_ONCE) await nextTurn();
  };
  return async () => {
    if (clock.now() < doneAt + EVERY_SEC) return;
    doneAt = clock.now();
    const { allotmentPeriodSec, claimPeriodSec } = chain.facts;
    const kept = chain.confirmed.timestamp - config.params.keepSec;
    for (let after: string | null = ""; after !== null; await nextTurn()) {
      const from: string = after;
      after = await store.transaction((db) => forgetRequests(db, kept - REQUEST_SKEW_SEC, from, AT_ONCE));
    }
    const before = kept - allotmentPeriodSec - claimPeriodSec;
    await forget(async (db) => {
      const told = (await findBundleTip(db))?.lastLane ?? 0;
      const lanes = await listPastLanes(db, { before, told, limit: AT_ONCE });
      await forgetLanes(db, lanes);
      return lanes.length;
    });
    // Their last access tokens have expired.
    await forget((db) => forgetSessions(db, before - config.params.sessionLifetimeSec, AT_ONCE));
    await store.transaction(async (db) => {
      await forgetStatements(db, before);
      await forgetRetracted(db, before);
      await forgetGasUses(db, before);
      await forgetTickets(db, before - config.params.sessionLifetimeSec);
    });
  };
}
