import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { FloodgateError } from "../../protocol/base/errors.ts";
import { parseIp } from "../../protocol/base/ip-address.ts";
import { ANNOUNCE_REPLY_KEY } from "../../protocol/wire/announce.ts";
import { WEBSOCKET } from "../core/peer-table.ts";
import type { Swarms } from "../core/swarms.ts";
import { type Desk, type Origin, type Reply, refuse } from "../desk.ts";
import type { Doors } from "../doors.ts";
import { type Message, parseMessage } from "./message.ts";

export interface WebSocketFrontOptions {
  readonly desk: Desk;
  readonly swarms: Swarms;
  readonly doors: Doors;
  readonly log: (message: string) => void;
}

/** RFC 6455 section 7.4.1, "policy violation". */
const POLICY_VIOLATION = 1008;
const MAX_MESSAGE_BYTES = 64 * 1024;
/** A peer that reads so slowly gets no more offers. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** WebTorrent's offers grow old, so its peers announce more often. */
const INTERVAL_FRACTION = 5;
const MIN_INTERVAL_SEC = 5;
/** Swarms that one socket is in, and offers that it may still answer. */
const MAX_PLACES = 512;
const MAX_OFFERED = 256;

type Announcement = Extract<Message, { type: "announce" }>;

/**
 * Announces and scrapes over WebSocket, as WebTorrent speaks them (docs/protocol.md 6.3). The
 * tracker carries the offers and answers by which browsers connect.
 */
export function addWebSocketFront(server: Server, options: WebSocketFrontOptions): void {
  const talks = new TalksOfSlots(options.swarms);
  const upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const address = parseIp(socket.remoteAddress ?? "");
    if (address === null) socket.destroy();
    else {
      // A fault of the socket closes it; until then nobody else listens.
      socket.on("error", () => socket.destroy());
      upgrader.handleUpgrade(request, socket, head, (opened) => new Talk(options, talks, opened, address).start());
    }
  });
}

/** The WebSocket of each peer that came by one. */
class TalksOfSlots {
  readonly #talks = new Map<number, { readonly talk: Talk; readonly hash: number }>();
  readonly #swarms: Swarms;

  constructor(swarms: Swarms) {
    this.#swarms = swarms;
  }

  set(slot: number, talk: Talk): void {
    this.#talks.set(slot, { talk, hash: this.#swarms.peers.hashes[slot] as number });
  }

  /** Undefined: its place is another's now. */
  get(slot: number): Talk | undefined {
    const known = this.#talks.get(slot);
    return known !== undefined && known.hash === this.#swarms.peers.hashes[slot] ? known.talk : undefined;
  }

  forget(slot: number, talk: Talk): void {
    if (this.#talks.get(slot)?.talk === talk) this.#talks.delete(slot);
  }
}

/** One WebSocket. */
class Talk {
  readonly #options: WebSocketFrontOptions;
  readonly #talks: TalksOfSlots;
  readonly #socket: WebSocket;
  readonly #origin: Origin;
  readonly #places = new Set<number>();
  /** Who made the offers that were brought here, and to which of our peers, by infohash and id. */
  readonly #offered = new Map<string, { readonly from: Talk; readonly peerId: string }>();
  #isGone = false;

  constructor(options: WebSocketFrontOptions, talks: TalksOfSlots, socket: WebSocket, address: Uint8Array) {
    this.#options = options;
    this.#talks = talks;
    this.#socket = socket;
    this.#origin = { kind: WEBSOCKET, address, kinds: [WEBSOCKET], isGone: () => this.#isGone };
  }

  start(): void {
    this.#socket.on("message", (data: Buffer) => this.#take(data.toString()));
    this.#socket.on("error", () => this.#socket.terminate());
    this.#socket.on("close", () => this.#leave());
  }

  #take(text: string): void {
    if (!this.#options.doors.allow(this.#origin.address)) {
      this.#socket.close(POLICY_VIOLATION, "too many messages from your address");
      return;
    }
    try {
      const message = parseMessage(text);
      if (message === null) this.#socket.close(POLICY_VIOLATION, "malformed message");
      else if (message.type === "announce") this.#announce(message);
      else if (message.type === "answer") this.#answer(message);
      else this.#scrape(message.infoHashes);
    } catch (error) {
      this.#fail(error, null);
    }
  }

  #announce(message: Announcement): void {
    const wanted = Math.min(message.announce.wanted, message.offers.length);
    const reply = this.#options.desk.announce({ ...message.announce, wanted }, this.#origin);
    if (!(reply instanceof Promise)) this.#reply(message, reply);
    else
      reply.then(
        (late) => this.#reply(message, late),
        (error: unknown) => this.#fail(error, message),
      );
  }

  #reply(message: Announcement, reply: Reply): void {
    const { swarms } = this.#options;
    const info_hash = binary(message.announce.infoHash);
    if (reply.type === "refused") {
      this.#send({ action: "announce", "failure reason": reply.reason, info_hash });
      return;
    }
    if (reply.slot >= 0) {
      this.#places.add(reply.slot);
      this.#talks.set(reply.slot, this);
    }
    const { complete, incomplete, grant } = reply;
    const interval = Math.max(MIN_INTERVAL_SEC, Math.ceil(reply.intervalSec / INTERVAL_FRACTION));
    const extra = grant === null ? {} : { [ANNOUNCE_REPLY_KEY]: grant };
    this.#send({ complete, incomplete, action: "announce", interval, info_hash, ...extra });
    const peer_id = latin1(message.announce.peerId);
    for (const [i, slot] of reply.peers.entries()) {
      const offer = message.offers[i];
      const talk = this.#talks.get(slot);
      if (offer !== undefined && talk !== undefined)
        talk.#takeOffer(this, latin1(swarms.peers.peerId(slot)), { ...offer, peer_id, info_hash });
    }
    if (this.#places.size > MAX_PLACES) this.#socket.close(POLICY_VIOLATION, "too many swarms on one connection");
  }

  #takeOffer(from: Talk, peerId: string, offer: { info_hash: string; offer_id: string; peer_id: string }): void {
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) return;
    this.#offered.set(offer.info_hash + offer.offer_id, { from, peerId });
    const oldest = this.#offered.keys().next();
    if (this.#offered.size > MAX_OFFERED && !oldest.done) this.#offered.delete(oldest.value);
    this.#send({ action: "announce", ...offer });
  }

  /** Brings an answer to the peer that made the offer, once. */
  #answer({ info_hash, offer_id, answer }: Extract<Message, { type: "answer" }>): void {
    const key = info_hash + offer_id;
    const offered = this.#offered.get(key);
    this.#offered.delete(key);
    if (offered === undefined || offered.from.#socket.bufferedAmount > MAX_BUFFERED_BYTES) return;
    offered.from.#send({ action: "announce", answer, offer_id, peer_id: offered.peerId, info_hash });
  }

  #scrape(infoHashes: readonly string[]): void {
    const { swarms } = this.#options;
    const files: Record<string, object> = {};
    for (const infoHash of infoHashes) {
      const swarm = swarms.get(infoHash);
      if (swarm === undefined) continue;
      const { complete, downloaded, incomplete } = swarm;
      files[binary(infoHash)] = { complete, downloaded, incomplete };
    }
    this.#send({ action: "scrape", files });
  }

  /** The peer is told the reason of a refusal. Our own faults go to the log. */
  #fail(error: unknown, message: Announcement | null): void {
    const isRefusal = error instanceof FloodgateError;
    if (!isRefusal) this.#options.log(`announce failed: ${String(error)}`);
    const { reason } = refuse(isRefusal ? error.message : "the tracker failed: try again in a minute", null);
    const info_hash = message === null ? {} : { info_hash: binary(message.announce.infoHash) };
    this.#send({ action: "announce", "failure reason": reason, ...info_hash });
  }

  #send(message: object): void {
    // What cannot be sent any more needs no care: `close` follows.
    this.#socket.send(JSON.stringify(message), () => undefined);
  }

  /** A socket that has closed takes its peers along. */
  #leave(): void {
    this.#isGone = true;
    for (const slot of this.#places) {
      // The peer may have come back by another socket, and then the place is that one's.
      if (this.#talks.get(slot) === this) this.#options.swarms.remove(slot);
      this.#talks.forget(slot, this);
    }
    this.#offered.clear();
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function binary(infoHash: string): string {
  return Buffer.from(infoHash, "hex").toString("latin1");
}
