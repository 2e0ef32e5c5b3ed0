import type { Piece, Torrent, Wire } from "webtorrent";
import { BLOCK_BYTES } from "../../protocol/constants.ts";
import type { PaymentPort } from "../exchange.ts";
import type { PiecePicker } from "./piece-picker.ts";

/**
 * Payer's side: turns the picker's choices into requests. Replaces webtorrent's own selection, whose first probe of
 * the last piece deadlocks with a payee that counts begun pieces. A piece is asked for when `assign` has stored where;
 * so pieces are claimed ahead of need, in batches, and the hot path only sends requests for those that are ready.
 */
export interface PickerDriver {
  /** The remote spoke our extension and payment accepted the wire. */
  addWire(wire: Wire, wireId: string, remote: string): void;
  removeWire(wire: Wire): void;
  /** `askableBytes` has grown. */
  wake(wireId: string): void;
}

interface DrivenWire {
  readonly wire: Wire;
  readonly wireId: string;
  /** Stored and not fully requested yet, in order. */
  readonly queue: { readonly piece: number; blocksLeft: number; isBegun: boolean }[];
  isAssigning: boolean;
}

/** Seconds of a wire's rate to claim ahead: covers the group commit of `assign`, without hoarding pieces on slow wires. */
const LOOKAHEAD_SEC = 1;
const MIN_LOOKAHEAD_PIECES = 2;

export function createPickerDriver(options: {
  readonly torrent: Torrent;
  readonly picker: PiecePicker;
  readonly payment: Pick<PaymentPort, "askableBytes" | "assign" | "unassign">;
  readonly lengthOf: (piece: number) => number;
  /** `assign` failed: nothing more may be asked for. */
  readonly onFatal: (error: unknown) => void;
}): PickerDriver {
  const { torrent, picker, payment, lengthOf } = options;
  const driven = new Map<Wire, DrivenWire>();
  const byId = new Map<string, DrivenWire>();

  // Complete, but its hash or its write is still under way: it is the source's until that is known.
  const isComplete = (piece: number): boolean => torrent.pieces[piece]?._flushed ?? true;

  const forget = (entry: DrivenWire, pieces: readonly number[]): void => {
    if (pieces.length === 0) return;
    const gone = new Set(pieces);
    entry.queue.splice(0, entry.queue.length, ...entry.queue.filter(({ piece }) => !gone.has(piece)));
    for (const index of pieces) {
      const piece = torrent.pieces[index];
      // Blocks of two sources must never meet in one piece.
      if (piece) torrent.pieces[index] = new (piece.constructor as new (length: number) => Piece)(piece.length);
      torrent._reservations[index] = [];
    }
    payment.unassign(entry.wireId, pieces);
  };

  const release = (entry: DrivenWire): void => forget(entry, picker.release(entry.wireId, isComplete));

  const assign = (entry: DrivenWire, pieces: readonly number[]): void => {
    entry.isAssigning = true;
    payment.assign(entry.wireId, pieces).then(
      () => {
        entry.isAssigning = false;
        if (torrent.destroyed) return;
        for (const piece of picker.assigned(entry.wireId, pieces)) {
          entry.queue.push({ piece, blocksLeft: Math.ceil(lengthOf(piece) / BLOCK_BYTES), isBegun: false });
        }
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

  const topUp = (entry: DrivenWire): void => {
    if (entry.isAssigning || picker.missing === 0) return;
    const ahead = entry.queue.length;
    const wanted = Math.max(
      MIN_LOOKAHEAD_PIECES,
      Math.ceil((entry.wire.downloadSpeed() * LOOKAHEAD_SEC) / torrent.pieceLength),
    );
    // Refill at half: batches, not single pieces.
    if (ahead * 2 > wanted) return;
    const askableBytes = payment.askableBytes(entry.wireId);
    if (askableBytes <= 0) return;
    const pieces = picker.pick(entry.wireId, askableBytes, wanted - ahead);
    if (pieces.length > 0) {
      assign(entry, pieces);
      return;
    }
    if (picker.claimsOf(entry.wireId).length > 0) return;
    const stolen = picker.steal(entry.wireId, askableBytes);
    if (!stolen) return;
    const victim = byId.get(stolen.from);
    if (victim) forget(victim, [stolen.piece]);
    assign(entry, [stolen.piece]);
  };

  const update = (wire: Wire): void => {
    const entry = driven.get(wire);
    if (!entry || wire.destroyed || wire.peerChoking || torrent.destroyed) return;
    for (let head = entry.queue[0]; head !== undefined; head = entry.queue[0]) {
      if (!torrent._request(wire, head.piece, false)) break;
      if (!head.isBegun) {
        head.isBegun = true;
        picker.begin(entry.wireId, head.piece);
      }
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
    addWire(wire, wireId, remote) {
      const entry: DrivenWire = { wire, wireId, queue: [], isAssigning: false };
      driven.set(wire, entry);
      byId.set(wireId, entry);
      picker.addWire(wireId, remote);
      readBitfield(entry);
      const refuse = (piece: number): void => {
        const wasOurs = picker.ownerOf(piece) === wireId && !isComplete(piece);
        picker.refuse(wireId, piece);
        if (wasOurs) forget(entry, [piece]);
      };
      wire.on("bitfield", () => readBitfield(entry));
      wire.on("have-all", () => readBitfield(entry));
      wire.on("have", (piece: number) => picker.setHas(wireId, piece, true));
      wire.lt_donthave.on("donthave", refuse);
      // Rejects after a choke answer what the choke left over; any other says that the remote will not serve this piece.
      wire.on("reject", (piece: number) => {
        if (!wire.peerChoking) refuse(piece);
      });
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
