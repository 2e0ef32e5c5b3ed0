export type PieceOrder = "rarest" | "sequential";

/** A piece that was taken from one wire and assigned to another. */
export interface MovedPiece {
  readonly from: string;
  readonly piece: number;
}

/**
 * Pieces with the fewest owners first. Ties are broken at random, so that peers that started
 * together have something to exchange. `random` is uniform in [0, 1).
 */
export function* rarestFirst(
  pieces: Iterable<number>,
  isWanted: (piece: number) => boolean,
  owners: Uint32Array,
  random: () => number,
): Generator<number> {
  const byOwners: number[][] = [];
  for (const piece of pieces) {
    if (!isWanted(piece)) continue;
    const count = owners[piece] as number;
    byOwners[count] ??= [];
    byOwners[count].push(piece);
  }
  for (const bucket of byOwners) {
    for (let left = bucket?.length ?? 0; left > 0; left--) {
      const at = Math.floor(random() * left);
      yield bucket?.[at] as number;
      (bucket as number[])[at] = bucket?.[left - 1] as number;
    }
  }
}

/** Pieces in ascending order from `first` to the last one, then those before `first`. */
export function* ascendingFrom(
  first: number,
  pieceCount: number,
  isWanted: (piece: number) => boolean,
): Generator<number> {
  for (let step = 0; step < pieceCount; step++) {
    const piece = (first + step) % pieceCount;
    if (isWanted(piece)) yield piece;
  }
}
