import type { Torrent, Wire } from "webtorrent";
import type { PayerPort } from "../../exchange.ts";
import { DrivenWire } from "./driven-wire.ts";
import { asked, type Hearing, heard, isSilent, LISTEN_MS, MUTED_MS, muted, unmuted } from "./hearing.ts";
import type { PieceBuffers } from "./piece-buffers.ts";
import type { MovedPiece } from "./piece-order.ts";
import type { PiecePicker } from "./piece-picker.ts";
import { blockArrived, blockAsked } from "./pipeline.ts";

export interface PickerDriverOptions {
  readonly torrent: Torrent;
  readonly picker: PiecePicker;
  readonly buffers: PieceBuffers;
  readonly payment: Pick<PayerPort, "askableBytes" | "assign" | "begin" | "pieceDisowned" | "unassign">;
  readonly lengthOf: (piece: number) => number;
  /** Only what others ask for is bought, so interest changes with them and with its own money. */
  readonly isCache: boolean;
  readonly now: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** `assign` failed: nothing more may be asked for. */
  readonly onFatal: (error: unknown) => void;
}

/** How often a cache looks at what others have and ask for. */
const MARKET_MS = 500;

/**
 * Payer's side: turns the picker's choices into requests. It replaces webtorrent's own selection,
 * whose first probe of the last piece deadlocks with a payee that counts begun pieces. Pieces are
 * assigned and their source is stored ahead of need, in batches. The hot path only asks for stored
 * pieces, as far as the payee's window goes.
 */
export class PickerDriver {
  readonly #options: PickerDriverOptions;
  readonly #driven = new Map<Wire, DrivenWire>();
  readonly #byId = new Map<string, DrivenWire>();
  #isWatching = false;

  constructor(options: PickerDriverOptions) {
    this.#options = options;
    options.torrent._updateWire = (wire) => this.#update(wire);
    if (options.isCache) this.#watchMarket();
  }

  /** The remote spoke our extension, and payment accepted the wire. */
  addWire(wire: Wire, wireId: string, remote: string, maxRequestBytes: number): void {
    const entry = new DrivenWire(wire, wireId, maxRequestBytes, this.#options.now());
    this.#driven.set(wire, entry);
    this.#byId.set(wireId, entry);
    this.#options.picker.addWire(wireId, remote);
    this.#readBitfield(entry);
    this.#listen(entry);
  }

  removeWire(wire: Wire): void {
    const entry = this.#driven.get(wire);
    if (!entry) return;
    this.#release(entry);
    this.#driven.delete(wire);
    this.#byId.delete(entry.wireId);
    this.#options.picker.removeWire(entry.wireId);
  }

  /** This wire may be asked for more than before. */
  wake(wireId: string): void {
    const entry = this.#byId.get(wireId);
    if (entry) this.#update(entry.wire);
  }

  /** A piece of this wire came, with the right hash or a wrong one. */
  judged(wireId: string, isRight: boolean): void {
    const entry = this.#byId.get(wireId);
    if (!entry) return;
    const isNew = isRight && !entry.isProven;
    entry.isProven = isRight;
    // Its trial is over, and a voucher that would wake it need not follow.
    if (isNew) this.#update(entry.wire);
  }

  #update(wire: Wire): void {
    const { torrent } = this.#options;
    const entry = this.#driven.get(wire);
    if (!entry || wire.destroyed || wire.peerChoking || torrent.destroyed) return;
    for (let next = entry.next; next !== undefined && this.#hasRoom(entry); next = entry.next) {
      next.blocksLeft ??= this.#begin(entry, next.piece);
      if (next.blocksLeft === null || !torrent._request(wire, next.piece, false)) break;
      this.#asked(entry);
      next.blocksLeft--;
      if (next.blocksLeft === 0) entry.shift();
    }
    this.#topUp(entry);
  }

  /**
   * A source is asked for one piece at a time until one came with the right hash, while there is
   * another source. A bad one then spoils or holds up one piece, and not all of its window.
   */
  #isOnTrial({ isProven, wireId }: DrivenWire): boolean {
    return !isProven && this.#driven.size > 1 && this.#options.picker.hasBegun(wireId);
  }

  /** One more block may be outstanding at this wire. */
  #hasRoom({ wire, maxRequestBytes, pipeline }: DrivenWire): boolean {
    const { torrent } = this.#options;
    const blockBytes = Math.min(maxRequestBytes, torrent.pieceLength);
    return wire.requests.length === 0 || (wire.requests.length + 1) * blockBytes <= pipeline.bytes;
  }

  #asked(entry: DrivenWire): void {
    const { requests } = entry.wire;
    const last = requests.at(-1);
    if (last) entry.pipeline = blockAsked(entry.pipeline, last, requests.length === 1, this.#options.now());
  }

  /** @returns in how many blocks to ask for the piece; null: not now */
  #begin(entry: DrivenWire, piece: number): number | null {
    const { picker, buffers, payment, lengthOf, now } = this.#options;
    if (entry.isMuted(now()) || this.#isOnTrial(entry)) return null;
    if (lengthOf(piece) > payment.askableBytes(entry.wireId)) return null;
    payment.begin(entry.wireId, piece);
    picker.begin(entry.wireId, piece);
    entry.lost.delete(piece);
    if (entry.wire.requests.length === 0) entry.hearing = asked(entry.hearing, now());
    return buffers.begin(piece, entry.maxRequestBytes);
  }

  /** Assigns the wire more pieces when it runs low. */
  #topUp(entry: DrivenWire): void {
    const { picker, payment, now } = this.#options;
    if (entry.isAssigning || picker.missing === 0 || entry.isHalfFull) return;
    // Nothing can be bought here now: what is assigned here would only be kept from others.
    if (entry.wire.requests.length === 0 && payment.askableBytes(entry.wireId) === 0) return;
    if (entry.isMuted(now())) return;
    // Readers wait for pieces one after the other: one whose source is silent holds up all.
    if (picker.isSequential && this.#takeOver(entry)) return;
    const pieces = picker.pick(entry.wireId, entry.wanted(now()));
    if (pieces.length > 0) {
      entry.refilled(pieces.length, now());
      this.#assign(entry, pieces);
      return;
    }
    if (picker.assignedTo(entry.wireId) > 0) return;
    const stolen = picker.steal(entry.wireId);
    if (stolen) this.#reassign(entry, stolen);
    else if (!this.#takeOver(entry)) this.#watchSilence();
  }

  /**
   * Stores which wire is asked for these pieces, then asks. `isNext`: before everything else that
   * is ready.
   */
  #assign(entry: DrivenWire, pieces: readonly number[], isNext = false): void {
    const { torrent, picker, payment, onFatal } = this.#options;
    entry.isAssigning = true;
    payment.assign(entry.wireId, pieces).then(
      () => {
        entry.isAssigning = false;
        if (torrent.destroyed) return;
        entry.enqueue(picker.stored(entry.wireId, pieces), isNext);
        this.#update(entry.wire);
      },
      (error) => {
        entry.isAssigning = false;
        this.#forget(
          entry,
          pieces.filter((piece) => picker.ownerOf(piece) === entry.wireId),
        );
        onFatal(error);
      },
    );
  }

  /**
   * Gets a piece that its source does not send; false: there is none. If it still comes later, it
   * is dropped and not paid.
   */
  #takeOver(entry: DrivenWire): boolean {
    const { torrent, picker, buffers, now, setTimer } = this.#options;
    const nowMs = now();
    const isWaitedFor = (wireId: string): boolean => {
      const other = this.#byId.get(wireId);
      if (!other || other.wire.requests.length === 0) return false;
      return isSilent(other.hearing, entry.hearing, torrent.pieceLength, nowMs);
    };
    const taken = picker.takeOver(entry.wireId, isWaitedFor, buffers.isFull);
    if (!taken) return false;
    const source = this.#byId.get(taken.from);
    if (source) {
      source.hearing = muted(source.hearing, nowMs);
      setTimer(() => this.#update(source.wire), MUTED_MS);
      source.lost.add(taken.piece);
    }
    this.#reassign(entry, taken, true);
    return true;
  }

  /** Frees a piece at the wire that it was taken from, and asks its new wire for it. */
  #reassign(entry: DrivenWire, { from, piece: moved }: MovedPiece, isNext = false): void {
    const source = this.#byId.get(from);
    if (source) {
      this.#forget(source, [moved]);
      for (const { piece, offset, length } of [...source.wire.requests])
        if (piece === moved) source.wire.cancel(piece, offset, length);
    }
    this.#assign(entry, [moved], isNext);
  }

  /** Idle wires poll for silent sources, since silence is no event. */
  #watchSilence(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#options.setTimer(() => {
      this.#isWatching = false;
      for (const { wire } of [...this.#driven.values()]) this.#update(wire);
    }, LISTEN_MS);
  }

  /** A cache looks again and again: what others have and want, and what it earned. */
  #watchMarket(): void {
    const { torrent, picker, setTimer } = this.#options;
    setTimer(() => {
      if (torrent.destroyed) return;
      for (const { wire, wireId } of this.#driven.values())
        picker.setAsking(wireId, wire.peerInterested || !lacksOurs(torrent, wire));
      for (const { wire, wireId } of [...this.#driven.values()]) {
        if (picker.isUseful(wireId)) wire.interested();
        else wire.uninterested();
        this.#update(wire);
      }
      this.#watchMarket();
    }, MARKET_MS);
  }

  #release(entry: DrivenWire): void {
    const { picker, buffers } = this.#options;
    this.#forget(entry, picker.release(entry.wireId, buffers.isFull));
  }

  #forget(entry: DrivenWire, pieces: readonly number[]): void {
    if (pieces.length === 0) return;
    entry.drop(pieces);
    for (const piece of pieces) this.#options.buffers.drop(piece);
    this.#options.payment.unassign(entry.wireId, pieces);
  }

  #listen(entry: DrivenWire): void {
    const { wire, wireId } = entry;
    const { picker, payment, now } = this.#options;
    wire.on("bitfield", () => this.#readBitfield(entry));
    wire.on("have-all", () => this.#readBitfield(entry));
    wire.on("have", (piece: number) => picker.setHas(wireId, piece, true));
    wire.lt_donthave.on("donthave", (piece: number) => {
      this.#refuse(entry, piece);
      payment.pieceDisowned(wireId, piece);
    });
    // A reject after a choke or a cancel answers what that left over. Any other says that the
    // remote will not serve this piece.
    wire.on("reject", (piece: number) => {
      if (!wire.peerChoking && !entry.lost.has(piece)) this.#refuse(entry, piece);
      this.#hear(entry, unmuted(entry.hearing));
    });
    wire.on("piece", (piece: number, offset: number, block: Uint8Array) => {
      entry.pipeline = blockArrived(entry.pipeline, { piece, offset }, block.length, now());
    });
    wire.on("download", () => this.#hear(entry, heard(now(), wire.downloadSpeed())));
    wire.on("choke", () => this.#release(entry));
  }

  #readBitfield(entry: DrivenWire): void {
    const { torrent, picker } = this.#options;
    for (let piece = 0; piece < torrent.pieces.length; piece++) {
      picker.setHas(entry.wireId, piece, entry.wire.peerPieces.get(piece));
    }
    this.#update(entry.wire);
  }

  #refuse(entry: DrivenWire, piece: number): void {
    const { picker, buffers } = this.#options;
    const wasAssigned = picker.ownerOf(piece) === entry.wireId && !buffers.isFull(piece);
    picker.refuse(entry.wireId, piece);
    if (wasAssigned) this.#forget(entry, [piece]);
  }

  #hear(entry: DrivenWire, hearing: Hearing): void {
    const wasMuted = entry.isMuted(this.#options.now());
    entry.hearing = hearing;
    if (wasMuted) this.#update(entry.wire);
  }
}

/** The remote lacks something that we have: were it a buyer, it would be interested. */
function lacksOurs({ pieces, bitfield }: Torrent, { peerPieces }: Wire): boolean {
  return pieces.some((_, piece) => bitfield.get(piece) && !peerPieces.get(piece));
}
