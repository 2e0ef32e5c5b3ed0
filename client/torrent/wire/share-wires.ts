/** Of all contents of a peer, where its owner sets nothing. */
export const MAX_WIRES_IN_ALL = 500;

/** Wires of one content: how many it has, and may have by its own limit. */
export interface WireShare {
  readonly count: number;
  readonly most: number;
}

/** How many each one keeps, when all together may have `most`: those that have many give first. */
export function shareWires(contents: readonly WireShare[], most: number): number[] {
  const kept = contents.map(({ count, most: own }) => Math.min(count, own));
  let surplus = kept.reduce((sum, count) => sum + count, 0) - most;
  for (; surplus > 0; surplus--) {
    const largest = Math.max(...kept);
    kept[kept.indexOf(largest)] = largest - 1;
  }
  return kept;
}
