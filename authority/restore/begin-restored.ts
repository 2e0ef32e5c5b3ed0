import type { Context } from "../context.ts";
import { findNewestLostBatch } from "../store/restore/lost-batches.ts";
import { holdBalances, readRestoreState, setRestored } from "../store/restore/restores.ts";
import { withdrawUnusedTickets } from "../store/sponsors/tickets.ts";
import { readLostBatches } from "./read-lost-batches.ts";

/**
 * Call it at the start, when the chain is followed, and before anything else is done. A store that
 * is older than what was done with it, by its own mark or by what the chain says, cannot know which
 * lane numbers were given out, and which money was promised (docs/protocol.md 3.3).
 * @throws {ChainError} RPC_UNAVAILABLE
 */
export async function beginRestored(context: Pick<Context, "chain" | "log" | "store">): Promise<void> {
  const { chain, log, store } = context;
  await readLostBatches(context);
  const { allotmentPeriodSec, claimPeriodSec } = chain.facts;
  const { number: block, timestamp } = chain.confirmed;
  const until = timestamp + allotmentPeriodSec + claimPeriodSec;
  const isRestored = await store.transaction(async (trx) => {
    const { isCopy, knownLostBatch } = await readRestoreState(trx);
    const newest = await findNewestLostBatch(trx);
    if (!isCopy && (newest?.number ?? 0) <= knownLostBatch) return false;
    await setRestored(trx, newest);
    await holdBalances(trx, { block, until });
    await withdrawUnusedTickets(trx, timestamp);
    return true;
  });
  if (isRestored) log.warn({ block, until }, "the store was restored: balances are held until all lost promises end");
}
