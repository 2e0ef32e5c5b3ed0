import { ChainError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Info } from "../../protocol/http/public.ts";
import { sumReserved } from "../allotments/reservations.ts";
import type { Context } from "../context.ts";
import { toReservation } from "../store/tables/lane-reservation.ts";
import { listLiveLanes } from "../store/tables/lanes.ts";
import type { Chain } from "./chain.ts";
import type { BondAtBlock } from "./reads.ts";

/** What the contract's owner may change while T runs. */
export interface Terms {
  /** At T's confirmed block; as known before while the chain cannot be read. */
  read(): Promise<Pick<Info, "feeBps" | "bond">>;
}

export async function createTerms(chain: Chain, allotter: Address): Promise<Terms> {
  let block = -1;
  const readAll = async () => {
    const { number } = chain.confirmed;
    const [feeBps, bond] = await Promise.all([chain.readFeeBps(), chain.readBond(allotter, number)]);
    block = number;
    return { feeBps, bond: bondToJson(bond) };
  };
  let known = await readAll();
  return {
    async read() {
      if (block === chain.confirmed.number) return known;
      try {
        known = await readAll();
      } catch (error) {
        if (!(error instanceof ChainError)) throw error;
      }
      return known;
    },
  };
}

const WATCH_SEC = 60;

/** Says so in T's log when the bond covers the live allotments no more, and when it does again. */
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
    const liveCaps = sumReserved(lanes.map(toReservation), block, claimPeriodSec);
    // What is asked back may be gone before a claim comes.
    const backing = bond.amount - bond.withdrawing;
    const isBelow = backing < liveCaps;
    const sums = { bond: backing.toString(), liveAllotments: liveCaps.toString() };
    if (isBelow && !isShort) log.warn(sums, "the bond is below the live allotments");
    if (!isBelow && isShort) log.info(sums, "the bond covers the live allotments again");
    isShort = isBelow;
  };
}

function bondToJson({ amount, withdrawing, withdrawableAt, budget, spent }: BondAtBlock): Info["bond"] {
  const [text, asked] = [amount.toString(), withdrawing.toString()];
  return { amount: text, withdrawing: asked, withdrawableAt, budget: budget.toString(), spent: spent.toString() };
}
