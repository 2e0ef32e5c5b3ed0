import type { Address } from "../../protocol/base/ids.ts";
import type { Context } from "../context.ts";
import { listLiveLanes } from "../store/tables/reserved-lanes.ts";
import { reservationOf, sumReserved } from "./reservations.ts";

const WATCH_SEC = 60;

/**
 * Logs when the bond no longer covers the live allotments, and when it does again
 * (docs/protocol.md 3.1).
 */
export function createBondWatch({ chain, clock, log, store }: Context, allotter: Address): () => Promise<void> {
  let watchedAt = Number.NEGATIVE_INFINITY;
  let isShort = false;
  return async () => {
    if (clock.now() < watchedAt + WATCH_SEC) return;
    watchedAt = clock.now();
    const block = chain.confirmed;
    const { claimPeriodSec } = chain.facts;
    const bond = await chain.readBond(allotter, block.number);
    const lanes = await listLiveLanes(store.db, {
      expiresAfter: block.timestamp - claimPeriodSec,
      block: block.number,
    });
    const liveCaps = sumReserved(lanes.map(reservationOf), block, claimPeriodSec);
    // What the owner has asked back may be gone before a claim comes.
    const backing = bond.amount - bond.withdrawing;
    const isBelow = backing < liveCaps;
    const sums = { bond: backing.toString(), liveAllotments: liveCaps.toString() };
    if (isBelow && !isShort) log.warn(sums, "the bond is below the live allotments");
    if (!isBelow && isShort) log.info(sums, "the bond covers the live allotments again");
    isShort = isBelow;
  };
}
