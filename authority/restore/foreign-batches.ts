import type { Context } from "../context.ts";
import { listLostBatchesAfter } from "../store/restore/lost-batches.ts";
import { readRestoreState, setKnownLostBatch } from "../store/restore/restores.ts";
import { readLostBatches } from "./read-lost-batches.ts";

/**
 * Counts what batches have paid that the store does not know, and tells those of strangers from
 * lost ones. What a store has lost was signed before its process began, and a batch is valid for no
 * longer than the withdrawal delay after that. A later one was sent by someone else with the
 * operator's key: no promise was lost, and the next start need not wait (docs/protocol.md 3.3).
 */
export function createForeignWatch(context: Pick<Context, "chain" | "log" | "store">): () => Promise<void> {
  const { chain, log, store } = context;
  let startedAt: number | null = null;
  /** In later blocks nothing lost can be. */
  let lastBlock: number | null = null;
  return async () => {
    startedAt ??= Math.max(chain.latest.timestamp, chain.confirmed.timestamp);
    const { allotmentPeriodSec, claimPeriodSec } = chain.facts;
    const { number, timestamp } = chain.confirmed;
    if (timestamp > startedAt + allotmentPeriodSec + claimPeriodSec) lastBlock ??= number;
    await readLostBatches(context);
    const after = lastBlock;
    if (after === null) return;
    await store.transaction(async (trx) => {
      const { knownLostBatch } = await readRestoreState(trx);
      const unknown = await listLostBatchesAfter(trx, knownLostBatch);
      const newest = unknown.at(-1);
      if (newest === undefined || unknown.some(({ block }) => block <= after)) return;
      await setKnownLostBatch(trx, newest.number);
      log.error({ batch: newest.number }, "somebody else settles with the operator's key: change it");
    });
  };
}
