import type { Amount } from "../../../protocol/base/units.ts";

/** What a cache buys: a peer that holds what others ask for, and sells it (docs/decisions/021). */

/** What the connected remotes say of one piece. */
export interface PieceMarket {
  /** Remotes that buy, and lack it. */
  readonly asking: number;
  /** Remotes that have it. */
  readonly holding: number;
}

/** Money of a cache on one content, over all runs; base units. */
export interface CacheBooks {
  /** Or promised. */
  readonly spent: Amount;
  /** Less fees. */
  readonly earned: Amount;
  /** The most that `spent` may be above `earned`. */
  readonly stopLoss: Amount;
}

/** The same, with so many pieces that are chosen and not begun counted as spent. */
export type ReadBooks = (chosen: number) => CacheBooks;

/** Sales to expect of a piece that is bought with money at risk. */
const LEAST_SALES = 2;
/** This part of the stop-loss finds out whether anybody buys at all. */
const PROBE = 4n;

/** How often one more copy would sell: those that ask choose among all that hold the piece. */
export function expectedResales({ asking, holding }: PieceMarket): number {
  return asking / (holding + 1);
}

/**
 * The fewest sales to expect of a piece that is bought now. Once all that was bought has come back
 * twice, profit buys whatever is asked for.
 */
export function leastSales({ spent, earned, stopLoss }: CacheBooks): number {
  const isProven = spent > 0n && earned >= 2n * spent;
  return isProven || PROBE * spent < stopLoss ? 0 : LEAST_SALES;
}

/** The same after so many more than the pieces that are chosen; what is begun is in the books. */
export function leastSalesAfter(
  read: ReadBooks,
  assignments: Iterable<{ readonly state: string }>,
): (more: number) => number {
  const chosen = [...assignments].filter(({ state }) => state !== "begun").length;
  return (more) => leastSales(read(chosen + more));
}

/**
 * Pieces that a cache buys, those with the most sales to expect first. Ties are broken at random,
 * so that caches side by side hold different pieces. `random` is uniform in [0, 1). `leastAfter`:
 * the fewest sales to expect of one more, after so many of them.
 */
export function bestResales(
  pieces: Iterable<number>,
  isWanted: (piece: number) => boolean,
  marketOf: (piece: number) => PieceMarket,
  leastAfter: (chosen: number) => number,
  random: () => number,
): number[] {
  const worth: { readonly piece: number; readonly sales: number; readonly tie: number }[] = [];
  for (const piece of pieces) {
    if (!isWanted(piece)) continue;
    const market = marketOf(piece);
    const sales = expectedResales(market);
    if (market.asking > 0) worth.push({ piece, sales, tie: random() });
  }
  const sorted = worth.toSorted((a, b) => b.sales - a.sales || a.tie - b.tie);
  const end = sorted.findIndex(({ sales }, chosen) => sales < leastAfter(chosen));
  return sorted.slice(0, end === -1 ? undefined : end).map(({ piece }) => piece);
}
