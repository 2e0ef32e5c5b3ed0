import type { CheckName, Severity } from "./checks.ts";

/** One mismatch. Plain JSON: amounts are decimal strings of base units. */
export interface Finding {
  readonly check: number;
  readonly name: CheckName;
  readonly severity: Severity;
  readonly sentence: string;
  /** Null when the contract's state at the last block is compared. */
  readonly block: number | null;
  readonly tx: string | null;
  readonly batch?: number;
  readonly row?: number;
  readonly account?: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** Something the audit could not see, and so does not vouch for. */
export interface NotChecked {
  readonly sentence: string;
  readonly block: number | null;
  readonly tx: string | null;
}

export type FindingDetails = Pick<Finding, "batch" | "row" | "account" | "expected" | "actual">;

/** Kept in memory and in reports at most; the rest is only counted. */
const MAX_KEPT = 10_000;

/** The first findings (or unchecked things), and how many there are in all under each name. */
export interface FindingBook<T> {
  readonly first: T[];
  readonly counts: Map<string, number>;
  add(name: string, one: T): void;
  count(name?: string): number;
}

export function createFindingBook<T>(first: T[] = [], counts = new Map<string, number>()): FindingBook<T> {
  return {
    first,
    counts,
    add(name, one) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      if (first.length < MAX_KEPT) first.push(one);
    },
    count: (name) =>
      name === undefined ? [...counts.values()].reduce((sum, n) => sum + n, 0) : (counts.get(name) ?? 0),
  };
}
