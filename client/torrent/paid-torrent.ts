import type { Torrent, Wire } from "webtorrent";
import type { Address } from "../../protocol/base/ids.ts";
import type { ContentTerms, PaymentPort } from "../exchange.ts";
import type { EngineContext } from "./content/content.ts";
import { type PaidWireFacts, PaidWires } from "./paid-wires.ts";
import { PickerDriver } from "./picker/picker-driver.ts";
import { createPieceBuffers } from "./picker/piece-buffers.ts";
import type { PieceOrder } from "./picker/piece-order.ts";
import { PiecePicker } from "./picker/piece-picker.ts";
import type { ReadBooks } from "./picker/resale.ts";

/**
 * Hooks of one paid torrent: pieces come from the picker, and payment hears which wire sent what.
 */
export interface PaidTorrent {
  /** The start-up check is over; no wire was admitted before. */
  checked(onDisk: ReadonlySet<number>): void;
  /** Closes the wires of this remote. */
  ban(remoteKey: Address): void;
  /**
   * The piece on disk turned out wrong: it is no longer offered, and is bought again while the
   * download lasts.
   */
  drop(piece: number): void;
  /** As `PiecePicker.readFrom`. */
  readFrom(piece: number | null): void;
  /** A wire to this host would get a place, and nobody would lose one. */
  hasPlaceFor(host: string): boolean;
  /** What payment knows of this wire; null: its remote does not speak Floodgate. */
  describe(wire: Wire): PaidWireFacts | null;
}

export interface PaidTorrentOptions {
  readonly context: EngineContext;
  readonly torrent: Torrent;
  readonly terms: ContentTerms;
  readonly payment: PaymentPort;
  /** Whether it buys this piece; null: this peer only serves. */
  readonly wants: ((piece: number) => boolean) | null;
  readonly order: PieceOrder;
  /** Its money, if it buys only what it expects to sell; null: it wants all. */
  readonly cache: ReadBooks | null;
  readonly maxWires: () => number;
  readonly pieceCount: number;
  readonly lengthOf: (piece: number) => number;
  readonly onPieceFailed: (piece: number) => void;
  /** A block of this piece could not be read from the disk. */
  readonly onUnreadable: (piece: number) => void;
  readonly onFatal: (error: unknown) => void;
}

export function createPaidTorrent(options: PaidTorrentOptions): PaidTorrent {
  const { context, torrent, terms, payment, wants, order, cache, pieceCount, lengthOf, onFatal } = options;
  const isBuyer = wants !== null;
  const picker = new PiecePicker({ pieceCount, order, random: context.random, cache });
  const buffers = createPieceBuffers(torrent, lengthOf, context.allocate);
  const driver = new PickerDriver({
    torrent,
    picker,
    buffers,
    payment: payment.payer,
    lengthOf,
    isCache: cache !== null,
    now: context.now,
    setTimer: context.setTimer,
    onFatal,
  });
  const { onUnreadable, maxWires } = options;
  const wires = new PaidWires({
    ...{ context, torrent, terms, payment, buffers, driver, isBuyer, maxWires, lengthOf, onUnreadable },
  });

  replaceDefaults(torrent, picker, { tellsInterest: isBuyer && cache === null });
  torrent.on("wire", (wire: Wire) => wires.add(wire));
  // The chunk store has written the piece when this fires: after fs.write it survives a kill of the
  // process.
  torrent.on("verified", (piece: number) => {
    buffers.recycle(piece);
    const wireId = picker.verified(piece);
    if (wireId === null) return;
    payment.payer.pieceVerified(wireId, piece);
    driver.judged(wireId, true);
  });
  onWrongHash(torrent, (piece) => {
    const wireId = picker.failed(piece);
    if (wireId === null) return;
    torrent._reservations[piece] = [];
    wires.wasted(wireId, lengthOf(piece));
    options.onPieceFailed(piece);
    payment.payer.pieceFailed(wireId, piece);
  });

  return {
    checked(onDisk) {
      for (let piece = 0; piece < pieceCount; piece++) if (wants?.(piece) && !onDisk.has(piece)) picker.want(piece);
      for (const [piece, remote] of payment.addContent(terms, onDisk)) picker.link(piece, remote);
    },
    readFrom: (piece) => picker.readFrom(piece),
    hasPlaceFor: (host) => wires.hasPlaceFor(host),
    describe: (wire) => wires.describe(wire),
    ban: (remoteKey) => wires.ban(remoteKey),
    drop(piece) {
      const isDownloading = isBuyer && picker.missing > 0;
      torrent._markUnverified(piece);
      for (const wire of torrent.wires) wire.lt_donthave.donthave(piece);
      if (isDownloading && wants(piece)) picker.want(piece);
    },
  };
}

/** What webtorrent would do by itself and must not on paid content. */
function replaceDefaults(
  torrent: Torrent,
  picker: PiecePicker,
  { tellsInterest }: { readonly tellsInterest: boolean },
): void {
  // Tit-for-tat off: payment alone decides which peers are served.
  torrent._rechoke = () => undefined;
  // Both look at every piece each time that one arrives, or that a remote announces one.
  const checkDone = torrent._checkDone.bind(torrent);
  torrent._checkDone = () => picker.missing === 0 && checkDone();
  if (!tellsInterest) torrent._updateWireInterest = () => undefined;
  // webtorrent drops a wire that is choked for 5 s when others wait. Here a choke means that a lane
  // is still to come.
  Object.defineProperty(torrent, "_numQueued", { get: () => 0 });
}

/** webtorrent's only sign of a wrong hash is the text of a warning. */
function onWrongHash(torrent: Torrent, act: (piece: number) => void): void {
  torrent.on("warning", (warning: unknown) => {
    const match = /^Piece (\d+) failed verification$/.exec(warning instanceof Error ? warning.message : "");
    if (match) act(Number(match[1]));
  });
}
