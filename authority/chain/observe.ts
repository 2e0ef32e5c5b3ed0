import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { setLeaving } from "../store/tables/accounts.ts";
import { findLane, keepPaid, setLane } from "../store/tables/lanes.ts";
import { readObservedBlock, setObservedBlock } from "../store/tables/network.ts";
import type { ObservedEvent } from "./contract-events.ts";

/** Most nodes answer for a few thousand blocks at once. */
const MAX_BLOCKS = 2_000;

/**
 * Takes in what others did on-chain, up to the confirmed block. Reservations must see what claims
 * have paid. Each range of blocks is stored together with how far the authority has read, so a kill
 * only repeats a range.
 */
export async function observeChain({
  chain,
  config,
  store,
}: Pick<Context, "chain" | "config" | "store">): Promise<void> {
  const last = chain.confirmed.number;
  let next = ((await readObservedBlock(store.db)) ?? config.chain.deployedAtBlock - 1) + 1;
  while (next <= last) {
    const to = Math.min(last, next + MAX_BLOCKS - 1);
    const events = await chain.readEvents(next, to);
    await store.transaction(async (trx) => {
      for (const event of events) await applyEvent(trx, event);
      await setObservedBlock(trx, to);
    });
    next = to + 1;
  }
}

/** The same event again changes nothing. */
export async function applyEvent(db: Db, event: ObservedEvent): Promise<void> {
  if (event.type === "leaving") return setLeaving(db, event.account, event.isLeaving);
  const found = await findLane(db, event.payer, event.lane);
  if (found?.payee !== event.payee) return;
  const lane = await keepPaid(db, found, event.totalPaid, event.block);
  // The payee of a skipped lane has claimed all of its voucher.
  if (lane.state === "skipped" && BigInt(lane.paid) >= BigInt(lane.amount))
    await setLane(db, lane, { state: "settled", reason: null });
}
