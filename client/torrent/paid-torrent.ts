import type { Peer, Torrent, Wire } from "webtorrent";
import { HOLD_MS, MAX_REQUEST_BYTES, WIRE_TOKEN_BYTES } from "../../protocol/base/constants.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { ContentTerms, PaidWire, PaymentPort } from "../exchange.ts";
import type { EngineContext } from "./content/content.ts";
import { PickerDriver } from "./picker/picker-driver.ts";
import { createPieceBuffers } from "./picker/piece-buffers.ts";
import type { PieceOrder } from "./picker/piece-order.ts";
import { PiecePicker } from "./picker/piece-picker.ts";
import { installBlockReader } from "./wire/block-reader.ts";
import { type BanList, chooseWire, MAX_STRANGERS, plainHost } from "./wire/wire-admission.ts";
import { watchBacklog } from "./wire/wire-backlog.ts";
import { useWireExtension, type WireHandshake } from "./wire/wire-extension.ts";
import { MAX_OUTSTANDING_REQUESTS, WireGate } from "./wire/wire-gate.ts";

/**
 * Hooks of one paid torrent: every wire gets the extension and the gate, pieces come from the picker, and who sent
 * what goes to payment. Strangers stay connected, choked and unasked.
 */
export interface PaidTorrent {
  /** The start-up check is over: no wire was admitted before. */
  checked(onDisk: ReadonlySet<number>): void;
  has(wireId: string): boolean;
  wake(wireId: string): void;
  unchoke(wireId: string): void;
  choke(wireId: string): void;
  resume(wireId: string): void;
  isUseful(wireId: string): boolean;
  isSending(wireId: string): boolean;
  /** Closes the wires of this remote. */
  ban(remoteKey: Address): void;
  /** The piece on disk turned out wrong: it is offered no more, and bought again while the download lasts. */
  drop(piece: number): void;
  /** Sequential order goes on from this piece. */
  readFrom(piece: number): void;
}

interface OpenWire {
  readonly wire: Wire;
  readonly gate: WireGate;
  readonly remoteKey: Address;
}

/** webtorrent dials an address again until it failed this often. */
const NO_MORE_RETRIES = 3;

export function createPaidTorrent(options: {
  readonly context: EngineContext;
  readonly torrent: Torrent;
  readonly terms: ContentTerms;
  readonly payment: PaymentPort;
  readonly bans: BanList;
  /** False: this peer only serves. */
  readonly isBuyer: boolean;
  readonly order: PieceOrder;
  readonly pieceCount: number;
  readonly lengthOf: (piece: number) => number;
  readonly nextWireId: () => string;
  readonly onPieceFailed: (piece: number) => void;
  readonly onFatal: (error: unknown) => void;
}): PaidTorrent {
  const { context, torrent, terms, payment, bans, lengthOf } = options;
  const localPeerId = context.client.peerId;
  const open = new Map<string, OpenWire>();
  const idOf = new Map<Wire, string>();
  const { pieceCount, order, onFatal } = options;
  const picker = new PiecePicker({ pieceCount, order, random: context.random });
  const buffers = createPieceBuffers(torrent, lengthOf);
  const driver = new PickerDriver({
    torrent,
    picker,
    buffers,
    payment,
    lengthOf,
    isSequential: order === "sequential",
    now: context.now,
    setTimer: context.setTimer,
    onFatal,
  });

  // Tit-for-tat off: payment alone decides who is served.
  torrent._rechoke = () => undefined;
  // Both look at every piece each time that one comes, or that a remote tells of one.
  const checkDone = torrent._checkDone.bind(torrent);
  torrent._checkDone = () => picker.missing === 0 && checkDone();
  if (!options.isBuyer) torrent._updateWireInterest = () => undefined;
  // webtorrent drops a wire that is choked for 5 s when others wait; here choked means that a lane is still to come.
  Object.defineProperty(torrent, "_numQueued", { get: () => 0 });

  const peerOf = (wire: Wire): Peer | undefined => [...torrent._peers.values()].find((one) => one.wire === wire);
  const close = (wire: Wire): void => {
    const peer = peerOf(wire);
    if (peer) peer.retries = NO_MORE_RETRIES;
    wire.destroy();
  };

  /** False: the wire may not stay. */
  const admit = (wire: Wire): boolean => {
    const others = torrent.wires.filter((one) => one !== wire && !one.destroyed);
    if (wire.peerId === null || wire.peerId === localPeerId || bans.hasPeerId(wire.peerId)) return false;
    if (others.length >= context.maxWires) return false;
    const twin = others.find((one) => one.peerId === wire.peerId && hostOf(one) === hostOf(wire));
    if (twin) {
      const loser = chooseWire(twin, wire, localPeerId, wire.peerId) === wire ? twin : wire;
      if (loser === wire) return false;
      close(twin);
    }
    const strangers = others.filter((one) => !idOf.has(one));
    if (strangers.length >= MAX_STRANGERS) close(strangers[0] as Wire);
    return true;
  };

  const onRemote = (wire: Wire, gate: WireGate, localToken: Uint8Array, remote: WireHandshake | null): void => {
    if (remote === null || wire.destroyed || torrent.destroyed) return;
    if (remote.sessionKey === context.sessionKey || bans.hasKey(remote.sessionKey)) {
      close(wire);
      return;
    }
    const wireId = options.nextWireId();
    const paidWire: PaidWire = {
      wireId,
      infoHash: terms.infoHash,
      remoteHost: hostOf(wire),
      remoteKey: remote.sessionKey,
      remotePort: remote.port,
      localToken,
      remoteToken: remote.token,
    };
    // Known before payment is told, since it may unchoke at once.
    open.set(wireId, { wire, gate, remoteKey: remote.sessionKey });
    if (!payment.wireOpened(paidWire)) {
      open.delete(wireId);
      close(wire);
      return;
    }
    idOf.set(wire, wireId);
    driver.addWire(wire, wireId, remote.sessionKey, remote.maxRequestBytes);
    wire.once("close", () => {
      open.delete(wireId);
      idOf.delete(wire);
      driver.removeWire(wire);
      payment.wireClosed(wireId);
    });
  };

  torrent.on("wire", (wire: Wire) => {
    if (!admit(wire)) {
      close(wire);
      return;
    }
    if (options.isBuyer) installBlockReader(wire, buffers.target);
    const gate = new WireGate(wire, {
      holdMs: HOLD_MS,
      offeredLength: (piece) => (piece >= 0 && torrent.bitfield.get(piece) ? lengthOf(piece) : null),
      decide: (piece, offset, length) => {
        const wireId = idOf.get(wire);
        return wireId === undefined ? "refuse" : payment.decideRequest(wireId, piece, offset, length);
      },
      onUnsent: (piece, offset, length) => {
        const wireId = idOf.get(wire);
        if (wireId !== undefined) payment.blockUnsent(wireId, piece, offset, length);
      },
      onMissed: (piece) => {
        const wireId = idOf.get(wire);
        if (wireId !== undefined) payment.pieceMissed(wireId, piece);
      },
      backlog: watchBacklog(wire, peerOf(wire)),
      setTimer: context.setTimer,
    });
    wire.once("close", () => gate.dispose());
    wire.extendedHandshake.reqq = MAX_OUTSTANDING_REQUESTS;
    const token = context.randomBytes(WIRE_TOKEN_BYTES);
    const { sessionKey } = context;
    const local = { token, port: context.libp2pPort(), sessionKey, maxRequestBytes: MAX_REQUEST_BYTES };
    useWireExtension(wire, local, (remote) => onRemote(wire, gate, token, remote));
  });

  // The chunk store has written the piece when this fires (fs.write has returned: it survives a kill of the process).
  torrent.on("verified", (piece: number) => {
    buffers.recycle(piece);
    const wireId = picker.verified(piece);
    if (wireId !== null) payment.pieceVerified(wireId, piece);
  });

  // webtorrent's only sign of a wrong hash.
  torrent.on("warning", (warning: unknown) => {
    const match = /^Piece (\d+) failed verification$/.exec(warning instanceof Error ? warning.message : "");
    if (!match) return;
    const piece = Number(match[1]);
    const wireId = picker.failed(piece);
    if (wireId === null) return;
    torrent._reservations[piece] = [];
    options.onPieceFailed(piece);
    payment.pieceFailed(wireId, piece);
  });

  return {
    checked(onDisk) {
      if (options.isBuyer) {
        for (let piece = 0; piece < pieceCount; piece++) if (!onDisk.has(piece)) picker.want(piece);
      }
      for (const [piece, remote] of payment.addContent(terms, onDisk)) picker.link(piece, remote);
    },
    readFrom: (piece) => picker.readFrom(piece),
    has: (wireId) => open.has(wireId),
    wake: (wireId) => driver.wake(wireId),
    unchoke: (wireId) => open.get(wireId)?.gate.open(),
    choke: (wireId) => open.get(wireId)?.gate.shut(),
    resume: (wireId) => open.get(wireId)?.gate.resume(),
    isUseful: (wireId) => open.get(wireId)?.wire.amInterested ?? false,
    isSending: (wireId) => open.get(wireId)?.gate.isSending() ?? false,
    ban(remoteKey) {
      for (const { wire, remoteKey: key } of open.values()) {
        if (key !== remoteKey) continue;
        bans.add(remoteKey, wire.peerId);
        close(wire);
      }
    },
    drop(piece) {
      const isDownloading = options.isBuyer && picker.missing > 0;
      torrent._markUnverified(piece);
      for (const wire of torrent.wires) wire.lt_donthave.donthave(piece);
      if (isDownloading) picker.want(piece);
    },
  };
}

function hostOf(wire: Wire): string {
  return plainHost(wire.remoteAddress ?? "");
}
