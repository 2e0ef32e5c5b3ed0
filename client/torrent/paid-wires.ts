import type { Peer, Torrent, Wire } from "webtorrent";
import { HOLD_MS, MAX_REQUEST_BYTES, WIRE_TOKEN_BYTES } from "../../protocol/base/constants.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { ContentTerms, PaidWire, PaymentPort } from "../exchange.ts";
import type { EngineContext } from "./content/content.ts";
import type { PickerDriver } from "./picker/picker-driver.ts";
import type { PieceBuffers } from "./picker/piece-buffers.ts";
import { installBlockReader } from "./wire/block-reader.ts";
import { chooseWire, MAX_STRANGERS, plainHost } from "./wire/wire-admission.ts";
import { watchBacklog } from "./wire/wire-backlog.ts";
import { useWireExtension, type WireHandshake } from "./wire/wire-extension.ts";
import { MAX_OUTSTANDING_REQUESTS, WireGate } from "./wire/wire-gate.ts";
import { createWirePlaces, type WirePlaces } from "./wire/wire-places.ts";

const SWEEP_MS = 5_000;

/** What is known of a wire whose remote speaks the extension. */
export interface PaidWireFacts {
  readonly wireId: string;
  readonly remoteKey: Address;
  /** Bytes of pieces that came over it with a wrong hash. */
  readonly wastedBytes: number;
}

/**
 * The wires of one paid torrent. Each gets the extension and a gate; those whose remote speaks the
 * extension are shown to payment. Strangers stay connected, choked and unasked.
 */
export class PaidWires {
  readonly #options: PaidWiresOptions;
  /** Those that payment knows. */
  readonly #open = new Map<Wire, { -readonly [Name in keyof PaidWireFacts]: PaidWireFacts[Name] }>();

  readonly #places: WirePlaces;
  #cancelSweep: (() => void) | null = null;

  constructor(options: PaidWiresOptions) {
    this.#options = options;
    const { context, payment } = options;
    this.#places = createWirePlaces({
      maxWires: options.maxWires,
      isAccepted: (wire) => {
        const known = this.#open.get(wire);
        return known !== undefined && payment.isAccepted(known.wireId);
      },
      hostOf,
      close: (wire) => wire.destroy(),
      now: context.now,
    });
  }

  /** A new connection, before either side has sent its extended handshake. */
  add(wire: Wire): void {
    const { context, payment, isBuyer, buffers } = this.#options;
    if (!this.#admit(wire)) {
      wire.destroy();
      return;
    }
    if (isBuyer) installBlockReader(wire, buffers.target);
    const gate = this.#gateOf(wire);
    wire.once("close", () => {
      gate.dispose();
      this.#places.removed(wire);
      if (this.#places.count === 0) this.#cancelSweep?.();
    });
    if (this.#places.count === 1) this.#keepSweeping();
    wire.extendedHandshake.reqq = MAX_OUTSTANDING_REQUESTS;
    const token = context.randomBytes(WIRE_TOKEN_BYTES);
    const { sessionKey } = context;
    const local = { token, port: payment.port, sessionKey, maxRequestBytes: MAX_REQUEST_BYTES };
    useWireExtension(wire, local, (remote) => this.#remoteSpoke(wire, gate, token, remote));
  }

  #keepSweeping(): void {
    const { torrent, context } = this.#options;
    this.#cancelSweep?.();
    this.#cancelSweep = context.setTimer(() => {
      if (torrent.destroyed || this.#places.count === 0) return;
      this.#places.sweep();
      this.#keepSweeping();
    }, SWEEP_MS);
  }

  /** Closes the wires of this remote, and remembers the peer ids that it used. */
  ban(remoteKey: Address): void {
    for (const [wire, { remoteKey: key }] of this.#open) {
      if (key !== remoteKey) continue;
      this.#options.context.bans.add(remoteKey, wire.peerId);
      wire.destroy();
    }
  }

  hasPlaceFor(host: string): boolean {
    return this.#places.isFreeFor(host);
  }

  describe(wire: Wire): PaidWireFacts | null {
    return this.#open.get(wire) ?? null;
  }

  /** A piece came with a wrong hash. */
  wasted(wireId: string, bytes: number): void {
    for (const facts of this.#open.values()) if (facts.wireId === wireId) facts.wastedBytes += bytes;
  }

  /** False: the wire may not stay. */
  #admit(wire: Wire): boolean {
    const { torrent, context } = this.#options;
    const localPeerId = context.client.peerId;
    const others = torrent.wires.filter((one) => one !== wire && !one.destroyed);
    if (wire.peerId === null || wire.peerId === localPeerId || context.bans.hasPeerId(wire.peerId)) return false;
    const twin = others.find((one) => one.peerId === wire.peerId && hostOf(one) === hostOf(wire));
    if (twin) {
      const loser = chooseWire(twin, wire, localPeerId, wire.peerId) === wire ? twin : wire;
      if (loser === wire) return false;
      twin.destroy();
    }
    const strangers = others.filter((one) => !this.#open.has(one));
    // A wire that gets no place pushes nobody out.
    if (!this.#places.admit(wire)) return false;
    if (strangers.length >= MAX_STRANGERS) strangers[0]?.destroy();
    return true;
  }

  #gateOf(wire: Wire): WireGate {
    const { torrent, context, payment, lengthOf } = this.#options;
    const idOf = (): string | undefined => this.#open.get(wire)?.wireId;
    return new WireGate(wire, {
      holdMs: HOLD_MS,
      offeredLength: (piece) => (piece >= 0 && torrent.bitfield.get(piece) ? lengthOf(piece) : null),
      decide(piece, offset, length) {
        const wireId = idOf();
        return wireId === undefined ? "refuse" : payment.payee.decideRequest(wireId, piece, offset, length);
      },
      onUnsent(piece, offset, length) {
        const wireId = idOf();
        if (wireId !== undefined) payment.payee.blockUnsent(wireId, piece, offset, length);
      },
      onUnreadable: (piece) => this.#options.onUnreadable(piece),
      onMissed(piece) {
        const wireId = idOf();
        if (wireId !== undefined) payment.payee.pieceMissed(wireId, piece);
      },
      backlog: watchBacklog(wire, this.#peerOf(wire)),
      setTimer: context.setTimer,
    });
  }

  #remoteSpoke(wire: Wire, gate: WireGate, localToken: Uint8Array, remote: WireHandshake | null): void {
    const { torrent, context, payment, driver, terms } = this.#options;
    if (remote === null || wire.destroyed || torrent.destroyed) return;
    const { sessionKey: remoteKey } = remote;
    if (remoteKey === context.sessionKey || context.bans.hasKey(remoteKey)) {
      wire.destroy();
      return;
    }
    const wireId = context.nextWireId();
    const paidWire: PaidWire = {
      wireId,
      infoHash: terms.infoHash,
      remoteHost: hostOf(wire),
      remoteKey,
      remotePort: remote.port,
      localToken,
      remoteToken: remote.token,
      wake: () => driver.wake(wireId),
      isUseful: () => wire.amInterested,
      unchoke: () => gate.open(),
      choke: () => gate.shut(),
      resume: () => gate.resume(),
      isSending: () => gate.isSending(),
    };
    // Known before payment is told, since payment may unchoke or ban at once.
    this.#open.set(wire, { wireId, remoteKey, wastedBytes: 0 });
    wire.once("close", () => {
      this.#open.delete(wire);
      driver.removeWire(wire);
      payment.wireClosed(wireId);
    });
    if (!payment.wireOpened(paidWire)) wire.destroy();
    else if (!wire.destroyed) driver.addWire(wire, wireId, remoteKey, remote.maxRequestBytes);
  }

  #peerOf(wire: Wire): Peer | undefined {
    return [...this.#options.torrent._peers.values()].find((one) => one.wire === wire);
  }
}

export interface PaidWiresOptions {
  readonly context: EngineContext;
  readonly torrent: Torrent;
  readonly terms: ContentTerms;
  readonly payment: PaymentPort;
  readonly buffers: PieceBuffers;
  readonly driver: PickerDriver;
  /** False: this peer only serves. */
  readonly isBuyer: boolean;
  readonly maxWires: () => number;
  readonly lengthOf: (piece: number) => number;
  /** A block of this piece could not be read from the disk. */
  readonly onUnreadable: (piece: number) => void;
}

function hostOf(wire: Wire): string {
  return plainHost(wire.remoteAddress ?? "");
}
