import { bytesToHex } from "../protocol/base/bytes.ts";
import type { Address, InfoHash } from "../protocol/base/ids.ts";
import { prefixKey } from "../protocol/base/ip-address.ts";
import type { TrackerAnnounce } from "../protocol/http/operator.ts";
import type { AnnounceToken } from "../protocol/wire/announce-token.ts";
import { refusalOf } from "./core/admission.ts";
import type { Announce } from "./core/announce.ts";
import { type HeldLanes, howToAsk } from "./core/lane-policy.ts";
import type { Kind } from "./core/peer-table.ts";
import type { Swarms, Visitor } from "./core/swarms.ts";
import type { GrantTexts } from "./paid/grant-text.ts";
import type { HeldLaneStore } from "./paid/held-lanes.ts";
import type { TokenCheck } from "./paid/token-check.ts";
import type { Questions } from "./questions.ts";
import type { Torrents } from "./torrents.ts";

export interface DeskParts {
  readonly swarms: Swarms;
  readonly torrents: Torrents;
  readonly questions: Questions;
  readonly lanes: HeldLaneStore;
  readonly grants: GrantTexts;
  readonly checkToken: TokenCheck;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly announceIntervalSec: number;
}

/** Where an announce came from. */
export interface Origin {
  readonly kind: Kind;
  /** 16 bytes, of the socket. */
  readonly address: Uint8Array;
  /** Families that the reply has room for. */
  readonly kinds: readonly Kind[];
  /** The WebSocket has closed meanwhile. */
  readonly isGone: () => boolean;
}

export interface PeersReply {
  readonly type: "peers";
  readonly complete: number;
  readonly incomplete: number;
  /** Slots of `Swarms.peers`, good until the event loop turns. */
  readonly peers: readonly number[];
  /** The peer's own slot; -1: it has no place. */
  readonly slot: number;
  /** JSON (ANNOUNCE_REPLY_KEY). */
  readonly grant: string | null;
  readonly intervalSec: number;
}

export interface Refusal {
  readonly type: "refused";
  /** For people, one line. */
  readonly reason: string;
  /** Minutes; null: nothing is said about it (BEP 31). */
  readonly retryIn: number | "never" | null;
}

export type Reply = PeersReply | Refusal;

/**
 * A newcomer comes back soon: it has met few, and a tracker that is killed now would not remember
 * it.
 */
const FIRST_INTERVAL_SEC = 10;

/** Answers announces, whichever way they came. At once, unless the authority must be asked. */
export class Desk {
  readonly #parts: DeskParts;
  readonly #learning = new Map<InfoHash, Promise<Refusal | null>>();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  announce(announce: Announce, origin: Origin): Reply | Promise<Reply> {
    const torrent = this.#parts.torrents.get(announce.infoHash, this.#parts.now());
    if (torrent === null) return unknown(announce.infoHash);
    if (torrent === undefined) return this.#learnFirst(announce, origin);
    return torrent.isPaid
      ? this.#announcePaid(announce, origin, torrent.sizeBytes)
      : this.#announceFree(announce, origin);
  }

  #announceFree(announce: Announce, origin: Origin): Reply {
    const visitor = visitorOf(announce, origin, null);
    const self = this.#parts.swarms.find(announce.infoHash, visitor);
    // A client that has only a magnet link may say left=0 (aria2): seeders serve it after all.
    const seeders = announce.bytesLeft === 0 ? "last" : "yes";
    return this.#finish(announce, origin, visitor, this.#choose(announce, origin, self, seeders), null);
  }

  #announcePaid(announce: Announce, origin: Origin, sizeBytes: number): Reply | Promise<Reply> {
    const { swarms, lanes, grants, questions, checkToken, now } = this.#parts;
    const { infoHash, bytesLeft } = announce;
    const token = announce.token === null ? undefined : checkToken(announce.token);
    const reason = refusalOf(infoHash, token, { bytesLeft, sizeBytes, chainNow: questions.chainNow });
    if (!token || reason !== null) return refuse(reason ?? "", token === undefined ? "never" : null);
    const session = sessionOf(token);
    const visitor = visitorOf(announce, origin, token.owner);
    const self = swarms.find(infoHash, visitor);
    const peers = this.#choose(announce, origin, self, bytesLeft === 0 ? "no" : "yes");
    const held = lanes.get(session.sessionKey, infoHash);
    const hasNewPayees = (known: HeldLanes): boolean =>
      grants.payeesOf(peers, session.account, known.lanes, questions.chainNow).length > 0;
    const asking = howToAsk(held, announce, hasNewPayees, now());
    if (asking === "first") return this.#ask(announce, origin, visitor, session, peers);
    if (asking === "aside") this.#refresh(announce, session);
    return this.#finish(announce, origin, visitor, peers, this.#grantOf(announce, session, held, wantsMore(announce)));
  }

  async #ask(
    announce: Announce,
    origin: Origin,
    visitor: Visitor,
    session: Session,
    chosen: readonly number[],
  ): Promise<Reply> {
    const { swarms, torrents, questions, lanes, grants, now } = this.#parts;
    const { infoHash, event, bytesLeft, request } = announce;
    const { sessionKey } = session;
    const hashes = chosen.map((slot) => swarms.peers.hashes[slot] as number);
    const payees = grants.payeesOf(chosen, session.account, [], null);
    const question: TrackerAnnounce = { infoHash, event, bytesLeft, session, request, payees };
    const asked = await questions.put(question, sessionKey, (answer) => {
      torrents.learn(infoHash, answer.isKnown ? answer : null, now());
      if (answer.isKnown && answer.grant) lanes.set(sessionKey, infoHash, answer.grant, now(), request !== null);
    });
    const hasAnswer = typeof asked === "object";
    if (hasAnswer && !asked.isKnown) return unknown(infoHash);
    // While the authority was asked, peers may have left, and their slots may be others'.
    const peers = chosen.filter((slot, i) => swarms.isStill(slot, infoHash, hashes[i] as number));
    const held = lanes.get(sessionKey, infoHash);
    return this.#finish(
      announce,
      origin,
      visitor,
      peers,
      this.#grantOf(announce, session, held, !hasAnswer && request !== null),
    );
  }

  /** Asks which lanes there still are. Nobody waits for it: a slow authority slows no reply. */
  #refresh({ infoHash, bytesLeft }: Announce, session: Session): void {
    const { questions, lanes, now } = this.#parts;
    const { sessionKey } = session;
    lanes.refreshing(sessionKey, infoHash, now());
    const question = { infoHash, event: "update" as const, bytesLeft, session, request: null, payees: [] };
    void questions.put(question, sessionKey, (answer) => {
      if (answer.isKnown && answer.grant) lanes.refresh(sessionKey, infoHash, answer.grant, now());
    });
  }

  #learnFirst(announce: Announce, origin: Origin): Promise<Reply> {
    const { infoHash } = announce;
    let learning = this.#learning.get(infoHash);
    if (learning === undefined) {
      learning = this.#learn(infoHash, prefixKey(origin.address)).finally(() => this.#learning.delete(infoHash));
      this.#learning.set(infoHash, learning);
    }
    return learning.then((refusal) => refusal ?? this.announce(announce, origin));
  }

  /** Null: learned. */
  async #learn(infoHash: InfoHash, asker: string): Promise<Refusal | null> {
    const { torrents, questions, now } = this.#parts;
    const question = { infoHash, event: "update" as const, bytesLeft: 0, session: null, request: null, payees: [] };
    const asked = await questions.put(question, asker, (answer) =>
      torrents.learn(infoHash, answer.isKnown ? answer : null, now()),
    );
    if (asked === "away") return refuse("the tracker cannot ask its authority: try again in a minute", 1);
    if (asked === "busy") return refuse("the tracker is busy: try again in a minute", 1);
    return asked.isKnown ? null : unknown(infoHash);
  }

  #choose(announce: Announce, origin: Origin, self: number, seeders: "yes" | "no" | "last"): number[] {
    if (announce.event === "stopped") return [];
    const whom = { wanted: announce.wanted, kinds: origin.kinds, seeders };
    return this.#parts.swarms.choose(announce.infoHash, self, whom);
  }

  /** `isUnasked`: the authority was not asked for what the request wants. */
  #grantOf(announce: Announce, session: Session, held: HeldLanes | undefined, isUnasked: boolean): string | null {
    const { questions, grants } = this.#parts;
    const { chainNow } = questions;
    if (chainNow === null || announce.event === "stopped") return null;
    const shortage = isUnasked ? "RATE" : (held?.shortage ?? null);
    return grants.write(announce.infoHash, session.account, held?.lanes ?? [], shortage, chainNow, held?.shares ?? []);
  }

  #finish(
    announce: Announce,
    origin: Origin,
    visitor: Visitor,
    peers: readonly number[],
    grant: string | null,
  ): PeersReply {
    const { swarms, now, announceIntervalSec } = this.#parts;
    const { infoHash, event, bytesLeft } = announce;
    let slot = -1;
    if (event === "stopped" || origin.isGone()) {
      const left = swarms.find(infoHash, visitor);
      if (left >= 0) swarms.remove(left);
    } else {
      slot = swarms.enter(infoHash, visitor, bytesLeft === 0, now());
    }
    const swarm = swarms.get(infoHash);
    if (swarm && slot >= 0 && event === "completed") swarm.downloaded++;
    return {
      type: "peers",
      complete: swarm?.complete ?? 0,
      incomplete: swarm?.incomplete ?? 0,
      peers,
      slot,
      grant,
      intervalSec: event === "started" ? Math.min(FIRST_INTERVAL_SEC, announceIntervalSec) : announceIntervalSec,
    };
  }
}

function wantsMore({ request }: Announce): boolean {
  return request !== null && request.topUp.length + request.met.length > 0;
}

interface Session {
  readonly account: Address;
  readonly sessionKey: Address;
}

function sessionOf({ owner }: AnnounceToken): Session {
  return { account: bytesToHex(owner.subarray(0, 20)), sessionKey: bytesToHex(owner.subarray(20, 40)) };
}

function visitorOf({ port, peerId, voucherPort }: Announce, origin: Origin, owner: Uint8Array | null): Visitor {
  const { kind, address } = origin;
  return { kind, address, port, peerId, owner, voucherPort: voucherPort ?? 0 };
}

function unknown(infoHash: InfoHash): Refusal {
  return refuse(`unknown torrent ${infoHash}: publish it first`, null);
}

export function refuse(reason: string, retryIn: Refusal["retryIn"]): Refusal {
  return { type: "refused", reason, retryIn };
}
