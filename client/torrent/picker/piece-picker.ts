import { invariant } from "../../../protocol/base/errors.ts";
import { FreePieces } from "./free-pieces.ts";
import { Owners } from "./owners.ts";
import { ascendingFrom, type MovedPiece, type PieceOrder, rarestFirst } from "./piece-order.ts";
import { bestResales, leastSalesAfter, type ReadBooks } from "./resale.ts";
import { type Assignment, createWirePieces, mayGet, type WirePieces } from "./wire-pieces.ts";

/**
 * Chooses which wire is asked for which piece, one source per piece. Holds no clock and no I/O.
 *
 * A missing piece is free, or assigned to one wire. A begun piece that a wire gave back stays
 * linked to its remote, which counts it as debt (docs/protocol.md 4.5). The remote is asked for
 * such pieces first, in the order in which it was asked before.
 */
export class PiecePicker {
  readonly #pieceCount: number;
  readonly #order: PieceOrder;
  readonly #random: () => number;
  readonly #cache: ReadBooks | null;
  readonly #wires = new Map<string, WirePieces>();
  readonly #owners: Owners;
  readonly #assignments = new Map<number, Assignment>();
  /** Begun pieces that were given back, with their remote, oldest first. */
  readonly #begunAt = new Map<number, string>();
  readonly #free: FreePieces;
  readonly #isMissing: Uint8Array;
  #missing = 0;
  #head = 0;
  #isRead = false;

  constructor(options: {
    readonly pieceCount: number;
    readonly order: PieceOrder;
    /** Uniform in [0, 1). */
    readonly random: () => number;
    /** Its money, if it buys only what it expects to sell; null: it wants all. */
    readonly cache?: ReadBooks | null;
  }) {
    this.#pieceCount = options.pieceCount;
    this.#order = options.order;
    this.#random = options.random;
    this.#cache = options.cache ?? null;
    this.#owners = new Owners(options.pieceCount);
    this.#free = new FreePieces(options.pieceCount);
    this.#isMissing = new Uint8Array(options.pieceCount);
  }

  get missing(): number {
    return this.#missing;
  }

  get isSequential(): boolean {
    return this.#isRead || this.#order === "sequential";
  }

  ownerOf(piece: number): string | null {
    return this.#assignments.get(piece)?.wireId ?? null;
  }

  /** How many pieces are assigned to this wire. */
  assignedTo(wireId: string): number {
    return this.#wires.get(wireId)?.assigned.size ?? 0;
  }

  /** Some piece was asked of this wire, and is not on disk yet. */
  hasBegun(wireId: string): boolean {
    return this.#listAssigned(this.#wires.get(wireId), "begun").length > 0;
  }

  addWire(wireId: string, remote: string): void {
    const wire = createWirePieces(remote, this.#pieceCount);
    this.#owners.wireChanged(wire.has, 1, wire.isAsking);
    this.#wires.set(wireId, wire);
  }

  /** Forgets the wire. Pieces of it stay assigned until they are verified or failed. */
  removeWire(wireId: string): void {
    const wire = this.#wires.get(wireId);
    if (!wire) return;
    this.#owners.wireChanged(wire.has, -1, wire.isAsking);
    this.#wires.delete(wireId);
  }

  /**
   * Frees what is assigned to the wire, except pieces that `keep` names.
   * @returns the freed pieces
   */
  release(wireId: string, keep: (piece: number) => boolean): number[] {
    const released = [...(this.#wires.get(wireId)?.assigned ?? [])].filter((piece) => !keep(piece));
    for (const piece of released) {
      this.#unassign(piece);
      this.#free.add(piece);
    }
    return released;
  }

  /** Frees one piece. This wire is not asked for it until its remote announces it anew. */
  refuse(wireId: string, piece: number): void {
    this.#wires.get(wireId)?.refused.add(piece);
    if (this.ownerOf(piece) !== wireId) return;
    this.#unassign(piece);
    this.#begunAt.delete(piece);
    this.#free.add(piece);
  }

  /** What the remote of this wire has. */
  setHas(wireId: string, piece: number, has: boolean): void {
    const wire = this.#wires.get(wireId);
    if (!wire || piece >= this.#pieceCount) return;
    if (has) wire.refused.delete(piece);
    if ((wire.has[piece] === 1) === has) return;
    wire.has[piece] = has ? 1 : 0;
    this.#owners.changed(piece, has ? 1 : -1, wire.isAsking);
  }

  /** Whether the remote of this wire would buy what it lacks; true until somebody knows better. */
  setAsking(wireId: string, isAsking: boolean): void {
    const wire = this.#wires.get(wireId);
    if (!wire || wire.isAsking === isAsking) return;
    wire.isAsking = isAsking;
    this.#owners.askingChanged(wire.has, isAsking ? 1 : -1);
  }

  /** This wire has something that we would buy now, or have chosen to. */
  isUseful(wireId: string): boolean {
    const wire = this.#wires.get(wireId);
    return wire !== undefined && (wire.assigned.size > 0 || !this.#candidates(wire).next().done);
  }

  /** Assigns up to `wanted` free pieces, best first. The caller stores their record. */
  pick(wireId: string, wanted: number): number[] {
    const wire = this.#wires.get(wireId);
    if (!wire || wanted <= 0) return [];
    const picked: number[] = [];
    for (const piece of this.#candidates(wire)) {
      picked.push(piece);
      if (picked.length === wanted) break;
    }
    for (const piece of picked) this.#assign(wireId, wire, piece);
    return picked;
  }

  /**
   * Moves one `ready` piece from the wire that has most of them to a wire that finds nothing free.
   * The caller stores its record anew.
   */
  steal(wireId: string): MovedPiece | null {
    const thief = this.#wires.get(wireId);
    if (!thief) return null;
    let best: MovedPiece | null = null;
    let most = 0;
    for (const [from, wire] of this.#wires) {
      if (from === wireId) continue;
      const ready = this.#listAssigned(wire, "ready");
      const piece = ready.findLast((one) => mayGet(thief, one));
      if (piece === undefined || ready.length <= most) continue;
      most = ready.length;
      best = { from, piece };
    }
    if (best) this.#move(best.piece, wireId, thief);
    return best;
  }

  /**
   * Moves the oldest `begun` piece of a wire that `isSilent` names to a wire that can ask for it at
   * once. Pieces that `keep` names stay. The caller stores its record anew.
   */
  takeOver(wireId: string, isSilent: (wireId: string) => boolean, keep: (piece: number) => boolean): MovedPiece | null {
    const heir = this.#wires.get(wireId);
    if (!heir) return null;
    for (const [from, wire] of this.#wires) {
      if (from === wireId || wire.assigned.size === 0 || !isSilent(from)) continue;
      for (const piece of wire.assigned) {
        if (this.#assignments.get(piece)?.state !== "begun" || keep(piece) || !mayGet(heir, piece)) continue;
        this.#move(piece, wireId, heir);
        return { from, piece };
      }
    }
    return null;
  }

  /** From here on in sequence, those before it last; null: nobody reads, the own order holds. */
  readFrom(piece: number | null): void {
    this.#isRead = piece !== null;
    if (piece !== null) this.#head = piece;
  }

  /**
   * The record of these assignments is stored.
   * @returns the pieces that are still assigned to the wire
   */
  stored(wireId: string, pieces: readonly number[]): number[] {
    return pieces.filter((piece) => {
      const assignment = this.#assignments.get(piece);
      if (assignment?.wireId !== wireId || assignment.state !== "storing") return false;
      assignment.state = "ready";
      return true;
    });
  }

  begin(wireId: string, piece: number): void {
    const assignment = this.#assignments.get(piece);
    invariant(
      assignment?.wireId === wireId && assignment.state !== "storing",
      "PIECE_NOT_ASSIGNED",
      `piece ${piece} is asked for without a stored assignment`,
    );
    assignment.state = "begun";
    this.#begunAt.delete(piece);
  }

  /** This remote was asked for a missing piece in an earlier run. Call it in that order. */
  link(piece: number, remote: string): void {
    if (this.#isMissing[piece] === 1) this.#begunAt.set(piece, remote);
  }

  /** The piece is on disk. @returns the wire that it came from, if any */
  verified(piece: number): string | null {
    if (this.#isMissing[piece] === 0) return null;
    this.#isMissing[piece] = 0;
    this.#missing--;
    const assignment = this.#unassign(piece);
    this.#begunAt.delete(piece);
    if (!assignment) this.#free.remove(piece);
    return assignment?.wireId ?? null;
  }

  /**
   * The piece has a wrong hash: it is free again, and its source is asked last.
   * @returns the wire that it came from, if any
   */
  failed(piece: number): string | null {
    const assignment = this.#unassign(piece);
    if (!assignment) return null;
    this.#begunAt.delete(piece);
    this.#wires.get(assignment.wireId)?.failed.add(piece);
    this.#free.add(piece);
    return assignment.wireId;
  }

  /** The piece is missing, or missing again. */
  want(piece: number): void {
    if (this.#isMissing[piece] === 1) return;
    this.#isMissing[piece] = 1;
    this.#missing++;
    this.#free.add(piece);
  }

  #assign(wireId: string, wire: WirePieces, piece: number): void {
    invariant(
      !this.#assignments.has(piece) && this.#isMissing[piece] === 1,
      "PIECE_ASSIGNED_TWICE",
      `piece ${piece} has a source`,
    );
    this.#free.remove(piece);
    this.#assignments.set(piece, { wireId, state: "storing" });
    wire.assigned.add(piece);
  }

  #unassign(piece: number): Assignment | null {
    const assignment = this.#assignments.get(piece);
    if (!assignment) return null;
    this.#assignments.delete(piece);
    const wire = this.#wires.get(assignment.wireId);
    wire?.assigned.delete(piece);
    if (assignment.state === "begun" && wire) this.#begunAt.set(piece, wire.remote);
    return assignment;
  }

  #listAssigned(wire: WirePieces | undefined, state: Assignment["state"]): number[] {
    return [...(wire?.assigned ?? [])].filter((piece) => this.#assignments.get(piece)?.state === state);
  }

  #move(piece: number, wireId: string, wire: WirePieces): void {
    this.#unassign(piece);
    this.#free.add(piece);
    this.#assign(wireId, wire, piece);
  }

  /** Free pieces that this wire may be asked for, best first. */
  *#candidates(wire: WirePieces): Generator<number> {
    const isFree = (piece: number): boolean =>
      this.#free.has(piece) && wire.has[piece] === 1 && !wire.refused.has(piece);
    const isSound = (piece: number): boolean => isFree(piece) && !wire.failed.has(piece);
    const isFresh = (piece: number): boolean => isSound(piece) && !this.#begunAt.has(piece);
    const begun = [...this.#begunAt].filter(([piece]) => isSound(piece));
    for (const [piece, remote] of begun) if (remote === wire.remote) yield piece;
    if (this.#cache) {
      const mayBuy = (piece: number): boolean => isSound(piece) && this.#begunAt.get(piece) !== wire.remote;
      const leastAfter = leastSalesAfter(this.#cache, this.#assignments.values());
      return yield* bestResales(this.#free, mayBuy, this.#owners.marketOf, leastAfter, this.#random);
    }
    if (this.isSequential) yield* ascendingFrom(this.#head, this.#pieceCount, isFresh);
    else yield* rarestFirst(this.#free, isFresh, this.#owners.counts, this.#random);
    for (const [piece, remote] of begun) if (remote !== wire.remote) yield piece;
    for (const piece of [...wire.failed]) if (isFree(piece)) yield piece;
  }
}
