import type { BlockRequest, Wire } from "webtorrent";
import { MAX_REQUEST_BYTES } from "../../../protocol/base/constants.ts";
import type { RequestDecision } from "../../exchange.ts";

export interface WireGateOptions {
  /** How long a request may be held. */
  readonly holdMs: number;
  /** Length of a piece that we have and offer, or null. */
  readonly offeredLength: (piece: number) => number | null;
  readonly decide: (piece: number, offset: number, length: number) => RequestDecision;
  /** A block was let through, and was cancelled before it was sent, or could not be read. */
  readonly onUnsent: (piece: number, offset: number, length: number) => void;
  /** A block of this piece could not be read. */
  readonly onUnreadable: (piece: number) => void;
  /** A block of this piece was cancelled after it was sent. */
  readonly onMissed: (piece: number) => void;
  /** Bytes that have not left yet. */
  readonly backlog: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
}

type Respond = (error: Error | null, block?: Uint8Array) => void;

/** The wire's own methods, which the gate replaces. */
type WireMethods = Pick<Wire, "unchoke" | "choke" | "piece" | "_onRequest" | "_onCancel">;

/**
 * Outstanding requests that a remote may have here (BEP 10 `reqq`): twice the largest window in
 * blocks of 16 KiB.
 */
export const MAX_OUTSTANDING_REQUESTS = 2048;

/**
 * Payee's side of one wire on a paid torrent: it sends nothing but what `decide` lets through
 * (docs/protocol.md 4.5). The gate is shut until `open`. Requests that must wait are held, at most
 * `holdMs`; then the wire is choked until `resume`. The gate rejects only what a choke leaves
 * unanswered (BEP 6), since rejecting as flow control makes the remote ask in a storm.
 */
export class WireGate {
  readonly #wire: Wire;
  readonly #options: WireGateOptions;
  readonly #base: WireMethods;
  #isOpen = false;
  /** The wire is to be choked once the blocks that were let through are sent. */
  #isEnding = false;
  #held: BlockRequest[] = [];
  #cancelTimer: (() => void) | null = null;

  constructor(wire: Wire, options: WireGateOptions) {
    this.#wire = wire;
    this.#options = options;
    this.#base = {
      unchoke: wire.unchoke.bind(wire),
      choke: wire.choke.bind(wire),
      piece: wire.piece.bind(wire),
      _onRequest: wire._onRequest.bind(wire),
      _onCancel: wire._onCancel.bind(wire),
    };
    wire.choke = () => this.#choke();
    // webtorrent unchokes every interested remote; here only an accepted offer does.
    wire.unchoke = () => {
      if (this.#isOpen) this.#base.unchoke();
    };
    const emit = wire.emit.bind(wire);
    // webtorrent reads the block and answers by the last argument.
    wire.emit = (event, ...args) => {
      if (event !== "request") return emit(event, ...args);
      const [piece, offset, length, respond] = args as [number, number, number, Respond];
      return emit(event, piece, offset, length, (error: Error | null, block?: Uint8Array) =>
        this.#answer({ piece, offset, length }, respond, error, block),
      );
    };
    wire.piece = (piece, offset, block) => this.#send(piece, offset, block);
    wire._onRequest = (piece, offset, length) => this.#onRequest({ piece, offset, length });
    wire._onCancel = (piece, offset, length) => this.#onCancel({ piece, offset, length });
  }

  open(): void {
    this.#isOpen = true;
    this.#isEnding = false;
    this.#base.unchoke();
  }

  /** Lets nothing more through, and chokes when what was let through has been sent. */
  shut(): void {
    this.#isOpen = false;
    this.#choke();
  }

  /** Decides held requests again, and ends a choke that came from holding too long. */
  resume(): void {
    if (!this.#isOpen) return;
    this.#isEnding = false;
    this.#base.unchoke();
    this.#stopTimer();
    const waiting = this.#held;
    this.#held = [];
    for (const request of waiting) {
      if (this.#isOpen) this.#admit(request);
      else this.#held.push(request);
    }
    // One of them was refused: the others are rejected with it.
    if (!this.#isOpen && !this.#isEnding) this.#choke();
  }

  /** What was let through still waits for the disk, the upload limit, or the remote. */
  isSending(): boolean {
    return this.#wire.peerRequests.length > 0 || this.#options.backlog() > 0;
  }

  /** The wire is gone. */
  dispose(): void {
    this.#isOpen = false;
    this.#isEnding = false;
    this.#stopTimer();
    this.#held = [];
  }

  #choke(): void {
    this.#stopTimer();
    this.#isEnding = this.#wire.peerRequests.length > 0;
    if (this.#isEnding) return;
    this.#base.choke();
    const unanswered = this.#held;
    this.#held = [];
    if (!this.#wire.hasFast || this.#wire.destroyed) return;
    for (const { piece, offset, length } of unanswered) this.#wire.reject(piece, offset, length);
  }

  #admit(request: BlockRequest): void {
    const { piece, offset, length } = request;
    const decision = this.#isEnding ? "hold" : this.#options.decide(piece, offset, length);
    if (decision === "serve") this.#base._onRequest(piece, offset, length);
    else if (decision === "hold") this.#hold(request);
    else {
      // The refused request goes unanswered, too: it is rejected with those that were held.
      this.#held.push(request);
      this.shut();
    }
  }

  #hold(request: BlockRequest): void {
    this.#held.push(request);
    this.#cancelTimer ??= this.#options.setTimer(() => this.#choke(), this.#options.holdMs);
  }

  #onRequest({ piece, offset, length }: BlockRequest): void {
    const wire = this.#wire;
    if (wire.amChoking) {
      this.#base._onRequest(piece, offset, length);
      return;
    }
    const pieceLength = this.#options.offeredLength(piece);
    if (pieceLength === null) {
      // We dropped this piece after a failed recheck, or never had it.
      if (wire.hasFast) wire.reject(piece, offset, length);
      return;
    }
    const isValid = offset >= 0 && length > 0 && length <= MAX_REQUEST_BYTES && offset + length <= pieceLength;
    const isRoom = this.#held.length + wire.peerRequests.length < MAX_OUTSTANDING_REQUESTS;
    if (isValid && isRoom) this.#admit({ piece, offset, length });
    else wire.destroy();
  }

  /** What could not be read was not sent. */
  #answer({ piece, offset, length }: BlockRequest, respond: Respond, error: Error | null, block?: Uint8Array): void {
    const admitted = this.#wire.peerRequests.length;
    respond(error, block);
    if (!error) return;
    if (this.#wire.peerRequests.length < admitted) this.#options.onUnsent(piece, offset, length);
    this.#options.onUnreadable(piece);
    if (this.#isEnding) this.#choke();
  }

  #send(piece: number, offset: number, block: Uint8Array): void {
    this.#base.piece(piece, offset, block);
    if (this.#isEnding) this.#choke();
  }

  #onCancel({ piece, offset, length }: BlockRequest): void {
    const [admitted, waiting] = [this.#wire.peerRequests.length, this.#held.length];
    this.#base._onCancel(piece, offset, length);
    this.#held = this.#held.filter((one) => one.piece !== piece || one.offset !== offset || one.length !== length);
    if (this.#wire.peerRequests.length < admitted) this.#options.onUnsent(piece, offset, length);
    else if (this.#held.length === waiting) this.#options.onMissed(piece);
    if (this.#isEnding) this.#choke();
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}
