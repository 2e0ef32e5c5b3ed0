import type { Amount } from "../../protocol/base/units.ts";
import type { Block } from "../chain/block.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { nextTurn } from "../store/next-turn.ts";
import { type EndPlace, pageLanesByEnd } from "../store/tables/reserved-lanes.ts";
import { reservationOf, sumReserved } from "./reservations.ts";

const WATCH_SEC = 60;
/** Lanes that are read at once. */
const PAGE = 500;

/**
 * Logs when the bond no longer covers the live allotments, and when it does again
 * (docs/protocol.md 3.1).
 */
export function createBondWatch({ chain, clock, log, store }: Context): () => Promise<void> {
  let watchedAt = Number.NEGATIVE_INFINITY;
  let isShort = false;
  return async () => {
    if (clock.now() < watchedAt + WATCH_SEC) return;
    watchedAt = clock.now();
    const block = chain.confirmed;
    const { claimPeriodSec } = chain.facts;
    const bond = await chain.readBond(null);
    const liveCaps = await sumLiveCaps(store.db, block, claimPeriodSec);
    // What the owner has asked back may be gone before a claim comes.
    const backing = bond.amount - bond.withdrawing;
    const isBelow = backing < liveCaps;
    const sums = { bond: backing.toString(), liveAllotments: liveCaps.toString() };
    if (isBelow && !isShort) log.warn(sums, "the bond is below the live allotments");
    if (!isBelow && isShort) log.info(sums, "the bond covers the live allotments again");
    isShort = isBelow;
  };
}

/** What all lanes together may still claim. The event loop goes on between two pages. */
export async function sumLiveCaps(db: Db, block: Block, claimPeriodSec: number): Promise<Amount> {
  let sum = 0n;
  let place: EndPlace = { expiresAt: block.timestamp - claimPeriodSec, sequence: Number.MAX_SAFE_INTEGER };
  for (;;) {
    const lanes = await pageLanesByEnd(db, place, PAGE);
    sum += sumReserved(lanes.map(reservationOf), block, claimPeriodSec);
    const last = lanes.at(-1);
    if (last === undefined || lanes.length < PAGE) return sum;
    place = last;
    await nextTurn();
  }
}
