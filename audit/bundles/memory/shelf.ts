import type { Hex } from "../../facts/primitives.ts";
import type { BundleFile } from "../bundle-files.ts";
import type { ListedStatement, ListedVoucher } from "../listed-vouchers.ts";
import type { PublishedAllotment } from "../published-allotments.ts";

/** What one bundle holds. */
export interface Content {
  file: BundleFile;
  allotments: PublishedAllotment[];
  /** By lane. */
  readonly listed: Map<string, ListedVoucher>;
  readonly statements: ListedStatement[];
}

/** Bundles in memory, by their numbers; drafts have numbers below 0. */
export class Shelf {
  readonly contents = new Map<number, Content>();
  readonly byName = new Map<Hex, Content>();
  /** Told of a bundle that has got its place in the chain of bundles. */
  readonly placed: ((content: Content) => void)[] = [];

  content(file: number): Content {
    const content = this.contents.get(file);
    if (content === undefined) throw new Error(`there is no bundle ${file}`);
    return content;
  }
}

export function laneKey(payer: string, lane: number): string {
  return `${payer.toLowerCase()} ${lane}`;
}

/** The first index whose item is not before the place that is sought. */
export function lowerBound<T>(sorted: readonly T[], isBefore: (item: T) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds behind all that are not greater: mostly at the end. */
export function insert<T>(sorted: T[], item: T, isGreater: (other: T) => boolean): void {
  sorted.splice(
    lowerBound(sorted, (other) => !isGreater(other)),
    0,
    item,
  );
}

export function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
