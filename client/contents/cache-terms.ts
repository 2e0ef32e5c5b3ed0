import { type Amount, max, min, owed } from "../../protocol/base/units.ts";
import type { PeerRun } from "../run-peer.ts";
import type { ContentMoney } from "../store/daily-money.ts";
import type { ContentRecord } from "../store/records.ts";
import type { CacheBooks, ReadBooks } from "../torrent/picker/resale.ts";

/** What a person risks for a cache of one content; base units (docs/decisions/021). */
export interface CacheTerms {
  /** Most that is ever spent on it. */
  readonly budget: Amount;
  /** Nothing is bought while so much more was spent than came back. */
  readonly stopLoss: Amount;
}

/** Of the budget, unless a person says otherwise. */
const DEFAULT_STOP_LOSS = 4n;
const BPS = 10_000n;

export function defaultStopLoss(budget: Amount): Amount {
  return budget / DEFAULT_STOP_LOSS;
}

/** The books of a running cache: what it has promised counts before its vouchers are written. */
export function readCacheBooks(
  { peer, store }: Pick<PeerRun, "peer" | "store">,
  { infoHash, pieceLength, pricePerGiB }: Pick<ContentRecord, "infoHash" | "pieceLength" | "pricePerGiB">,
  terms: CacheTerms,
  feeBps: number,
): ReadBooks {
  const price = owed(pieceLength, pricePerGiB);
  return (chosen) => {
    const books = cacheBooks(store.writtenMoneyOf(infoHash), terms, feeBps);
    return { ...books, spent: max(books.spent, peer.promised(infoHash)) + BigInt(chosen) * price };
  };
}

/** `money`: vouchers, before fees. `feeBps`: the authority's part of what is earned, of 10,000. */
export function cacheBooks({ paid, earned }: ContentMoney, { stopLoss }: CacheTerms, feeBps: number): CacheBooks {
  return { spent: paid, earned: (earned * (BPS - BigInt(feeBps))) / BPS, stopLoss };
}

/** Most that may have been spent by now, what is begun included. */
export function cacheCap({ earned, stopLoss }: Pick<CacheBooks, "earned" | "stopLoss">, budget: Amount): Amount {
  return min(budget, earned + stopLoss);
}
