/** What is kept in memory and in reports; the rest is counted. */
const MAX_KEPT = 10_000;

/** Findings, or things that could not be seen: the first ones, and how many of each name there are in all. */
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
