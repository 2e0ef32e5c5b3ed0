import { invariant } from "../../../protocol/base/errors.ts";

/**
 * Chooses which piece is asked of which wire, one source per piece. `rarest`: fewest owners first, ties broken at random so
 * that peers who started together have something to exchange. `sequential`: ascending from where the reader is. Holds no
 * clock and no I/O.
 *
 * A missing piece is free, or claimed by one wire. A claim is `assigning` while its record is being stored, `ready`
 * when it may be asked for, `begun` once its first block was. Begun pieces that a wire gave back stay linked to its
 * remote: the remote counts them as debt, so it is asked again first, in the order in which it was asked before.
 */
export interface PiecePicker {
  addWire(wireId: string, remote: string): void;
  /** Forgets the wire. @returns pieces it still claimed and that `keep` did not name; they are free again */
  removeWire(wireId: string, keep: (piece: number) => boolean): number[];
  /** Gives back what the wire claims, but for pieces that `keep` names. @returns the pieces given back */
  release(wireId: string, keep: (piece: number) => boolean): number[];
  /** Gives back one piece, and does not offer it to this wire again until the remote announces it anew. */
  refuse(wireId: string, piece: number): void;
  /** What the remote of this wire has. */
  setHas(wireId: string, piece: number, has: boolean): void;
  /** Claims up to `wanted` pieces, best first; they are `assigning`. */
  pick(wireId: string, wanted: number): number[];
  /** Takes one `ready` piece from the wire that has most of them, for a wire that finds nothing free. The caller assigns it anew. */
  steal(wireId: string): { readonly from: string; readonly piece: number } | null;
  /** Takes the oldest `begun` piece of a wire that `isSilent` names, for a wire that could have it at once. The caller assigns it anew. */
  takeOver(
    wireId: string,
    isSilent: (wireId: string) => boolean,
    keep: (piece: number) => boolean,
  ): { readonly from: string; readonly piece: number } | null;
  /** `sequential` goes on from this piece, and comes back to those before it last. */
  readFrom(piece: number): void;
  /** The claim's record is stored. @returns the pieces that the wire still claims */
  assigned(wireId: string, pieces: readonly number[]): number[];
  begin(wireId: string, piece: number): void;
  /** A missing piece was asked of this remote in an earlier run; call in that order. */
  link(piece: number, remote: string): void;
  /** The piece is on disk. @returns the wire that it came from, if any */
  verified(piece: number): string | null;
  /** The piece's hash is wrong: free again, and its source is asked last. @returns the wire that it came from, if any */
  failed(piece: number): string | null;
  /** The piece is missing (again). */
  want(piece: number): void;
  ownerOf(piece: number): string | null;
  /** How many pieces this wire claims. */
  claimsOf(wireId: string): number;
  readonly missing: number;
}

interface Claim {
  wireId: string;
  state: "assigning" | "ready" | "begun";
}

interface WireState {
  readonly remote: string;
  readonly has: Uint8Array;
  /** Never asked again: refused by the remote. */
  readonly refused: Set<number>;
  /** Asked last: came with a wrong hash. */
  readonly failed: Set<number>;
  readonly claims: Set<number>;
}

export type PieceOrder = "rarest" | "sequential";

export function createPiecePicker(options: {
  readonly pieceCount: number;
  readonly order: PieceOrder;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}): PiecePicker {
  const { pieceCount, random } = options;
  const wires = new Map<string, WireState>();
  const availability = new Uint32Array(pieceCount);
  const claims = new Map<number, Claim>();
  /** Oldest first. */
  const begunAt = new Map<number, string>();
  /** Missing and unclaimed, in no order; `position` finds a piece in it, -1 when absent. */
  const free: number[] = [];
  const position = new Int32Array(pieceCount).fill(-1);
  const isMissing = new Uint8Array(pieceCount);
  let missing = 0;
  let head = 0;

  const addFree = (piece: number): void => {
    if (position[piece] !== -1) return;
    position[piece] = free.push(piece) - 1;
  };
  const removeFree = (piece: number): void => {
    const at = position[piece] as number;
    const last = free.pop() as number;
    if (last !== piece) {
      free[at] = last;
      position[last] = at;
    }
    position[piece] = -1;
  };
  const claim = (wireId: string, wire: WireState, piece: number): void => {
    invariant(!claims.has(piece) && isMissing[piece] === 1, "PIECE_CLAIMED_TWICE", `piece ${piece} has a source`);
    removeFree(piece);
    claims.set(piece, { wireId, state: "assigning" });
    wire.claims.add(piece);
  };
  const unclaim = (piece: number): Claim | null => {
    const found = claims.get(piece);
    if (!found) return null;
    claims.delete(piece);
    const wire = wires.get(found.wireId);
    wire?.claims.delete(piece);
    if (found.state === "begun" && wire) begunAt.set(piece, wire.remote);
    return found;
  };

  const isFreeAt = (wire: WireState, piece: number): boolean =>
    position[piece] !== -1 && wire.has[piece] === 1 && !wire.refused.has(piece);
  const isFresh = (wire: WireState, piece: number): boolean =>
    isFreeAt(wire, piece) && !begunAt.has(piece) && !wire.failed.has(piece);

  const mayHave = (wire: WireState, piece: number): boolean =>
    wire.has[piece] === 1 && !wire.refused.has(piece) && !wire.failed.has(piece);
  /** From the wire that claims it to another. */
  const move = (piece: number, wireId: string, wire: WireState): void => {
    unclaim(piece);
    addFree(piece);
    claim(wireId, wire, piece);
  };

  function* rarestFirst(wire: WireState): Generator<number> {
    const byAvailability: number[][] = [];
    for (const piece of free) {
      if (!isFresh(wire, piece)) continue;
      const owners = availability[piece] as number;
      byAvailability[owners] ??= [];
      byAvailability[owners].push(piece);
    }
    for (const bucket of byAvailability) {
      for (let left = bucket?.length ?? 0; left > 0; left--) {
        const at = Math.floor(random() * left);
        yield bucket?.[at] as number;
        (bucket as number[])[at] = bucket?.[left - 1] as number;
      }
    }
  }

  function* ascending(wire: WireState): Generator<number> {
    for (let step = 0; step < pieceCount; step++) {
      const piece = (head + step) % pieceCount;
      if (isFresh(wire, piece)) yield piece;
    }
  }

  /** Free pieces that may be asked of this wire, best first. */
  function* candidates(wire: WireState): Generator<number> {
    const begun = [...begunAt].filter(([piece]) => isFreeAt(wire, piece) && !wire.failed.has(piece));
    for (const [piece, remote] of begun) if (remote === wire.remote) yield piece;
    yield* options.order === "rarest" ? rarestFirst(wire) : ascending(wire);
    for (const [piece, remote] of begun) if (remote !== wire.remote) yield piece;
    for (const piece of [...wire.failed]) if (isFreeAt(wire, piece)) yield piece;
  }

  const picker: PiecePicker = {
    addWire(wireId, remote) {
      wires.set(wireId, {
        remote,
        has: new Uint8Array(pieceCount),
        refused: new Set(),
        failed: new Set(),
        claims: new Set(),
      });
    },

    removeWire(wireId, keep) {
      const wire = wires.get(wireId);
      if (!wire) return [];
      const released = picker.release(wireId, keep);
      for (let piece = 0; piece < pieceCount; piece++)
        availability[piece] = (availability[piece] as number) - (wire.has[piece] as number);
      wires.delete(wireId);
      return released;
    },

    release(wireId, keep) {
      const released = [...(wires.get(wireId)?.claims ?? [])].filter((piece) => !keep(piece));
      for (const piece of released) {
        unclaim(piece);
        addFree(piece);
      }
      return released;
    },

    refuse(wireId, piece) {
      wires.get(wireId)?.refused.add(piece);
      if (claims.get(piece)?.wireId !== wireId) return;
      unclaim(piece);
      begunAt.delete(piece);
      addFree(piece);
    },

    setHas(wireId, piece, has) {
      const wire = wires.get(wireId);
      if (!wire || piece >= pieceCount) return;
      if (has) wire.refused.delete(piece);
      if ((wire.has[piece] === 1) === has) return;
      wire.has[piece] = has ? 1 : 0;
      availability[piece] = (availability[piece] as number) + (has ? 1 : -1);
    },

    pick(wireId, wanted) {
      const wire = wires.get(wireId);
      if (!wire || wanted <= 0) return [];
      const picked: number[] = [];
      for (const piece of candidates(wire)) {
        picked.push(piece);
        if (picked.length === wanted) break;
      }
      for (const piece of picked) claim(wireId, wire, piece);
      return picked;
    },

    steal(wireId) {
      const thief = wires.get(wireId);
      if (!thief) return null;
      let best: { from: string; piece: number } | null = null;
      let most = 0;
      for (const [from, wire] of wires) {
        if (from === wireId) continue;
        const ready = [...wire.claims].filter((piece) => claims.get(piece)?.state === "ready");
        const piece = ready.findLast((one) => mayHave(thief, one));
        if (piece === undefined || ready.length <= most) continue;
        most = ready.length;
        best = { from, piece };
      }
      if (best) move(best.piece, wireId, thief);
      return best;
    },

    takeOver(wireId, isSilent, keep) {
      const heir = wires.get(wireId);
      if (!heir) return null;
      for (const [from, wire] of wires) {
        if (from === wireId || wire.claims.size === 0 || !isSilent(from)) continue;
        for (const piece of wire.claims) {
          if (claims.get(piece)?.state !== "begun" || keep(piece) || !mayHave(heir, piece)) continue;
          move(piece, wireId, heir);
          return { from, piece };
        }
      }
      return null;
    },

    readFrom(piece) {
      head = piece;
    },

    assigned(wireId, pieces) {
      return pieces.filter((piece) => {
        const found = claims.get(piece);
        if (found?.wireId !== wireId || found.state !== "assigning") return false;
        found.state = "ready";
        return true;
      });
    },

    begin(wireId, piece) {
      const found = claims.get(piece);
      invariant(
        found?.wireId === wireId && found.state !== "assigning",
        "PIECE_NOT_ASSIGNED",
        `piece ${piece} is asked without a record`,
      );
      found.state = "begun";
      begunAt.delete(piece);
    },

    link(piece, remote) {
      if (isMissing[piece] === 1) begunAt.set(piece, remote);
    },

    verified(piece) {
      if (isMissing[piece] === 0) return null;
      isMissing[piece] = 0;
      missing--;
      const found = unclaim(piece);
      begunAt.delete(piece);
      if (!found) removeFree(piece);
      return found?.wireId ?? null;
    },

    failed(piece) {
      const found = unclaim(piece);
      if (!found) return null;
      begunAt.delete(piece);
      wires.get(found.wireId)?.failed.add(piece);
      addFree(piece);
      return found.wireId;
    },

    want(piece) {
      if (isMissing[piece] === 1) return;
      isMissing[piece] = 1;
      missing++;
      addFree(piece);
    },

    ownerOf: (piece) => claims.get(piece)?.wireId ?? null,
    claimsOf: (wireId) => wires.get(wireId)?.claims.size ?? 0,
    get missing() {
      return missing;
    },
  };
  return picker;
}
