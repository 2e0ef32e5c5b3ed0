import type { Torrent, Wire } from "webtorrent";
import type { PaymentPort } from "../../exchange.ts";
import {
  asked,
  type Hearing,
  heard,
  isMuted,
  isSilent,
  LISTEN_MS,
  MUTED_MS,
  muted,
  startHearing,
  unmuted,
} from "./hearing.ts";
import type { PieceBuffers } from "./piece-buffers.ts";
import type { PiecePicker } from "./piece-picker.ts";

/**
 * Payer's side: turns the picker's choices into requests. Replaces webtorrent's own selection, whose first probe of
 * the last piece deadlocks with a payee that counts begun pieces. Pieces are claimed and their source is stored ahead of
 * need, in batches; the hot path only asks for those that are stored, as far as the payee's window goes.
 */
export interface PickerDriver {
  /** The remote spoke our extension and payment accepted the wire. */
  addWire(wire: Wire, wireId: string, remote: string, maxRequestBytes: number): void;
  removeWire(wire: Wire): void;
  /** More may be asked of this wire than before. */
  wake(wireId: string): void;
}

interface DrivenWire {
  readonly wire: Wire;
  readonly wireId: string;
  /** Longest request that the remote answers. */
  readonly maxRequestBytes: number;
  /** Stored and not fully requested yet, in order; `blocksLeft` of the piece that is not begun is null. */
  readonly queue: { readonly piece: number; blocksLeft: number | null }[];
  isAssigning: boolean;
  /** In the queue after the last refill, and when that was. */
  readyPieces: number;
  refilledAtMs: number;
  hearing: Hearing;
  /** What was taken over: its answer to the cancelled requests refuses nothing. */
  readonly lost: Set<number>;
}

/** A wire holds as many pieces ready as it took in this time, so that stores are few and slow wires hoard nothing. */
const LOOKAHEAD_MS = 500;
const MIN_LOOKAHEAD_PIECES = 2;

export function createPickerDriver(options: {
  readonly torrent: Torrent;
  readonly picker: PiecePicker;
  readonly buffers: PieceBuffers;
  readonly payment: Pick<PaymentPort, "askableBytes" | "assign" | "begin" | "pieceDisowned" | "unassign">;
  readonly lengthOf: (piece: number) => number;
  /** Pieces are waited for one after the other: one whose source is silent holds up all. */
  readonly isSequential: boolean;
  readonly now: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** `assign` failed: nothing more may be asked for. */
  readonly onFatal: (error: unknown) => void;
}): PickerDriver {
  const { torrent, picker, buffers, payment, lengthOf } = options;
  const driven = new Map<Wire, DrivenWire>();
  const byId = new Map<string, DrivenWire>();
  let isWatching = false;

  const forget = (entry: DrivenWire, pieces: readonly number[]): void => {
    if (pieces.length === 0) return;
    const gone = new Set(pieces);
    entry.queue.splice(0, entry.queue.length, ...entry.queue.filter(({ piece }) => !gone.has(piece)));
    for (const piece of pieces) buffers.drop(piece);
    payment.unassign(entry.wireId, pieces);
  };

  const release = (entry: DrivenWire): void => forget(entry, picker.release(entry.wireId, buffers.isFull));

  /** `isNext`: asked for before what else is ready. */
  const assign = (entry: DrivenWire, pieces: readonly number[], isNext = false): void => {
    entry.isAssigning = true;
    payment.assign(entry.wireId, pieces).then(
      () => {
        entry.isAssigning = false;
        if (torrent.destroyed) return;
        const ready = picker.assigned(entry.wireId, pieces).map((piece) => ({ piece, blocksLeft: null }));
        const begun = entry.queue.filter(({ blocksLeft }) => blocksLeft !== null).length;
        entry.queue.splice(isNext ? begun : entry.queue.length, 0, ...ready);
        update(entry.wire);
      },
      (error) => {
        entry.isAssigning = false;
        forget(
          entry,
          pieces.filter((piece) => picker.ownerOf(piece) === entry.wireId),
        );
        options.onFatal(error);
      },
    );
  };

  /** Pieces to hold ready, by how fast those of the last refill went. */
  const measure = ({ queue, readyPieces, refilledAtMs }: DrivenWire): number => {
    const rate = (readyPieces - queue.length) / Math.max(1, options.now() - refilledAtMs);
    return Math.max(MIN_LOOKAHEAD_PIECES, Math.min(2 * readyPieces, Math.ceil(rate * LOOKAHEAD_MS)));
  };

  const topUp = (entry: DrivenWire): void => {
    const ahead = entry.queue.length;
    // Refill at half: batches, not single pieces.
    if (entry.isAssigning || picker.missing === 0 || 2 * ahead > entry.readyPieces) return;
    // Nothing can be bought here now: what it claimed would only be kept from others.
    if (entry.wire.requests.length === 0 && payment.askableBytes(entry.wireId) === 0) return;
    if (isMuted(entry.hearing, options.now())) return;
    if (options.isSequential && takeOver(entry)) return;
    const pieces = picker.pick(entry.wireId, measure(entry) - ahead);
    if (pieces.length > 0) {
      entry.readyPieces = ahead + pieces.length;
      entry.refilledAtMs = options.now();
      assign(entry, pieces);
      return;
    }
    if (picker.claimsOf(entry.wireId) > 0) return;
    const stolen = picker.steal(entry.wireId);
    if (!stolen) {
      if (!takeOver(entry)) watchSilence();
      return;
    }
    const victim = byId.get(stolen.from);
    if (victim) forget(victim, [stolen.piece]);
    assign(entry, [stolen.piece]);
  };

  /** Gets a piece that its source does not send; false: there is none. What comes of it later is nobody's, and not paid. */
  const takeOver = (entry: DrivenWire): boolean => {
    const nowMs = options.now();
    const isWaitedFor = (wireId: string): boolean => {
      const other = byId.get(wireId);
      if (!other || other.wire.requests.length === 0) return false;
      return isSilent(other.hearing, entry.hearing, torrent.pieceLength, nowMs);
    };
    const taken = picker.takeOver(entry.wireId, isWaitedFor, buffers.isFull);
    if (!taken) return false;
    const source = byId.get(taken.from);
    if (source) {
      source.hearing = muted(source.hearing, nowMs);
      options.setTimer(() => update(source.wire), MUTED_MS);
      source.lost.add(taken.piece);
      forget(source, [taken.piece]);
      for (const { piece, offset, length } of [...source.wire.requests])
        if (piece === taken.piece) source.wire.cancel(piece, offset, length);
    }
    assign(entry, [taken.piece], true);
    return true;
  };

  /** Silence is no event: idle wires look again. */
  const watchSilence = (): void => {
    if (isWatching) return;
    isWatching = true;
    options.setTimer(() => {
      isWatching = false;
      for (const { wire } of [...driven.values()]) update(wire);
    }, LISTEN_MS);
  };

  const update = (wire: Wire): void => {
    const entry = driven.get(wire);
    if (!entry || wire.destroyed || wire.peerChoking || torrent.destroyed) return;
    for (let head = entry.queue[0]; head !== undefined; head = entry.queue[0]) {
      if (head.blocksLeft === null) {
        if (isMuted(entry.hearing, options.now())) break;
        if (lengthOf(head.piece) > payment.askableBytes(entry.wireId)) break;
        payment.begin(entry.wireId, head.piece);
        picker.begin(entry.wireId, head.piece);
        entry.lost.delete(head.piece);
        if (entry.wire.requests.length === 0) entry.hearing = asked(entry.hearing, options.now());
        head.blocksLeft = buffers.begin(head.piece, entry.maxRequestBytes);
      }
      if (!torrent._request(wire, head.piece, false)) break;
      head.blocksLeft--;
      if (head.blocksLeft === 0) entry.queue.shift();
    }
    topUp(entry);
  };
  torrent._updateWire = update;

  const readBitfield = (entry: DrivenWire): void => {
    for (let piece = 0; piece < torrent.pieces.length; piece++) {
      picker.setHas(entry.wireId, piece, entry.wire.peerPieces.get(piece));
    }
    update(entry.wire);
  };

  return {
    addWire(wire, wireId, remote, maxRequestBytes) {
      const entry: DrivenWire = {
        wire,
        wireId,
        maxRequestBytes,
        queue: [],
        isAssigning: false,
        readyPieces: MIN_LOOKAHEAD_PIECES,
        refilledAtMs: options.now(),
        hearing: startHearing(options.now()),
        lost: new Set(),
      };
      driven.set(wire, entry);
      byId.set(wireId, entry);
      picker.addWire(wireId, remote);
      readBitfield(entry);
      const refuse = (piece: number): void => {
        const wasOurs = picker.ownerOf(piece) === wireId && !buffers.isFull(piece);
        picker.refuse(wireId, piece);
        if (wasOurs) forget(entry, [piece]);
      };
      const hear = (hearing: Hearing): void => {
        const wasMuted = isMuted(entry.hearing, options.now());
        entry.hearing = hearing;
        if (wasMuted) update(wire);
      };
      wire.on("bitfield", () => readBitfield(entry));
      wire.on("have-all", () => readBitfield(entry));
      wire.on("have", (piece: number) => picker.setHas(wireId, piece, true));
      wire.lt_donthave.on("donthave", (piece: number) => {
        refuse(piece);
        payment.pieceDisowned(wireId, piece);
      });
      // Rejects after a choke or a cancel answer what that left over; any other says that the remote will not serve this piece.
      wire.on("reject", (piece: number) => {
        if (!wire.peerChoking && !entry.lost.has(piece)) refuse(piece);
        hear(unmuted(entry.hearing));
      });
      wire.on("download", () => hear(heard(options.now(), wire.downloadSpeed())));
      wire.on("choke", () => release(entry));
    },

    removeWire(wire) {
      const entry = driven.get(wire);
      if (!entry) return;
      release(entry);
      driven.delete(wire);
      byId.delete(entry.wireId);
      picker.removeWire(entry.wireId, () => true);
    },

    wake(wireId) {
      const entry = byId.get(wireId);
      if (entry) update(entry.wire);
    },
  };
}
