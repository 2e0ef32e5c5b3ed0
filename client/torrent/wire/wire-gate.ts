import type { Wire } from "webtorrent";
import { MAX_REQUEST_BYTES } from "../../../protocol/base/constants.ts";
import type { RequestDecision } from "../../exchange.ts";

/**
 * Payee's side of one wire on a paid torrent: nothing is sent but what `decide` lets through. The gate is shut until
 * `open`; requests that must wait are held, at most `holdMs`, then the wire is choked until `resume`. Nothing is
 * rejected but what a choke leaves unanswered (BEP 6), since rejecting as flow control makes the remote ask in a storm.
 */
export interface WireGate {
  open(): void;
  /** Nothing more is let through; chokes when what was let through has been sent. */
  shut(): void;
  /** Decides held requests again; ends a choke that came from holding too long. */
  resume(): void;
  /** What was let through still waits: for the disk, the upload limit, or the remote to take it. */
  isSending(): boolean;
  /** The wire is gone. */
  dispose(): void;
}

interface HeldRequest {
  readonly piece: number;
  readonly offset: number;
  readonly length: number;
}

/** Outstanding requests that a remote may have here: twice the largest window in blocks of 16 KiB. BEP 10 `reqq`. */
export const MAX_OUTSTANDING_REQUESTS = 1024;

export function createWireGate(
  wire: Wire,
  options: {
    readonly holdMs: number;
    /** Length of a piece that we have and offer, or null. */
    readonly offeredLength: (piece: number) => number | null;
    readonly decide: (piece: number, offset: number, length: number) => RequestDecision;
    /** Let through, and cancelled before it was sent. */
    readonly onUnsent: (piece: number, offset: number, length: number) => void;
    /** A block of this piece was sent, and cancelled all the same. */
    readonly onMissed: (piece: number) => void;
    /** Bytes that have not left yet. */
    readonly backlog: () => number;
    readonly setTimer: (run: () => void, ms: number) => () => void;
  },
): WireGate {
  const base = {
    unchoke: wire.unchoke.bind(wire),
    choke: wire.choke.bind(wire),
    onRequest: wire._onRequest.bind(wire),
    onCancel: wire._onCancel.bind(wire),
    piece: wire.piece.bind(wire),
  };
  let isOpen = false;
  let held: HeldRequest[] = [];
  let cancelTimer: (() => void) | null = null;
  /** To be choked, but for blocks that were counted and are not sent yet. */
  let isEnding = false;

  const choke = (): void => {
    cancelTimer?.();
    cancelTimer = null;
    isEnding = wire.peerRequests.length > 0;
    if (isEnding) return;
    base.choke();
    const unanswered = held;
    held = [];
    if (wire.hasFast && !wire.destroyed) {
      for (const { piece, offset, length } of unanswered) wire.reject(piece, offset, length);
    }
  };
  const shut = (): void => {
    isOpen = false;
    choke();
  };
  const hold = (request: HeldRequest): void => {
    held.push(request);
    cancelTimer ??= options.setTimer(choke, options.holdMs);
  };
  const admit = (request: HeldRequest): void => {
    const { piece, offset, length } = request;
    const decision = isEnding ? "hold" : options.decide(piece, offset, length);
    if (decision === "refuse") {
      // Its own request goes unanswered, too: reject it with those that were held.
      held.push(request);
      shut();
    } else if (decision === "hold") hold(request);
    else base.onRequest(piece, offset, length);
  };

  wire.choke = choke;
  // webtorrent unchokes whoever is interested; here only an accepted offer does.
  wire.unchoke = () => {
    if (isOpen) base.unchoke();
  };
  wire._onRequest = (piece, offset, length) => {
    if (wire.amChoking) return base.onRequest(piece, offset, length);
    const pieceLength = options.offeredLength(piece);
    if (pieceLength === null) {
      // We dropped this piece after a failed recheck, or never had it.
      if (wire.hasFast) wire.reject(piece, offset, length);
      return;
    }
    const isValid = offset >= 0 && length > 0 && length <= MAX_REQUEST_BYTES && offset + length <= pieceLength;
    if (!isValid || held.length + wire.peerRequests.length >= MAX_OUTSTANDING_REQUESTS) {
      wire.destroy();
      return;
    }
    admit({ piece, offset, length });
  };
  wire.piece = (piece, offset, block) => {
    base.piece(piece, offset, block);
    if (isEnding) choke();
  };
  wire._onCancel = (piece, offset, length) => {
    const [admitted, waiting] = [wire.peerRequests.length, held.length];
    base.onCancel(piece, offset, length);
    held = held.filter((one) => one.piece !== piece || one.offset !== offset || one.length !== length);
    if (wire.peerRequests.length < admitted) options.onUnsent(piece, offset, length);
    else if (held.length === waiting) options.onMissed(piece);
    if (isEnding) choke();
  };

  return {
    open() {
      isOpen = true;
      isEnding = false;
      base.unchoke();
    },
    shut,
    resume() {
      if (!isOpen) return;
      isEnding = false;
      base.unchoke();
      cancelTimer?.();
      cancelTimer = null;
      const waiting = held;
      held = [];
      for (const request of waiting) {
        if (isOpen) admit(request);
        else held.push(request);
      }
      // One of them was refused: the others are answered with it.
      if (!isOpen && !isEnding) choke();
    },
    isSending: () => wire.peerRequests.length > 0 || options.backlog() > 0,
    dispose() {
      isOpen = false;
      isEnding = false;
      cancelTimer?.();
      cancelTimer = null;
      held = [];
    },
  };
}
