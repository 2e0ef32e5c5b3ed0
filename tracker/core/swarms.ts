import type { InfoHash } from "../../protocol/base/ids.ts";
import { prefixRange } from "../../protocol/base/ip-address.ts";
import { KeyedHash } from "./keyed-hash.ts";
import { choosePeers } from "./peer-choice.ts";
import { ADDRESS_BYTES, type Kind, OWNER_BYTES, PEER_ID_BYTES, PeerTable, WEBSOCKET } from "./peer-table.ts";
import { SlotIndex } from "./slot-index.ts";
import { Swarm } from "./swarm.ts";
import { Tally } from "./tally.ts";
import { Wheel } from "./wheel.ts";

export interface SwarmsOptions {
  /** Peers of all swarms. */
  readonly capacity: number;
  /** Places of one prefix (free) or account (paid) in one swarm. */
  readonly placesPerSwarm: number;
  /** Places of one prefix or account in all swarms. */
  readonly places: number;
  /** A peer that has not announced for so long has gone. */
  readonly lifetimeMs: number;
  /** A number from 0 to below `below`. */
  readonly randomBelow: (below: number) => number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: number;
}

/** A peer, as it announces. */
export interface Visitor {
  readonly kind: Kind;
  /** 16 bytes, of the socket. */
  readonly address: Uint8Array;
  readonly port: number;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  /** `OWNER_BYTES` of a session in a paid swarm; else null. */
  readonly owner: Uint8Array | null;
  /** 0: takes no vouchers. */
  readonly voucherPort: number;
}

export interface Whom {
  readonly wanted: number;
  /** The families that the asking peer can be told of. */
  readonly kinds: readonly Kind[];
  /** Whether a seeder is of any use. `last`: only where leechers are too few. */
  readonly seeders: "yes" | "no" | "last";
}

const MAX_UINT32 = 0x1_0000_0000;
const NOWHERE = {
  address: new Uint8Array(ADDRESS_BYTES),
  port: 0,
  peerId: new Uint8Array(PEER_ID_BYTES),
  voucherPort: 0,
};

/**
 * All swarms (docs/protocol.md 6.4). A place belongs to a session in a paid swarm, in a free one to
 * an address and port, or peer id on WebSocket. It lapses when its peer announces no more, never
 * because others come: whoever has used up its quota, or comes when all is full, gets no place.
 */
export class Swarms {
  readonly peers: PeerTable;
  readonly #options: SwarmsOptions;
  readonly #swarms = new Map<InfoHash, Swarm>();
  readonly #byId: (Swarm | undefined)[] = [];
  readonly #freeIds: number[] = [];
  readonly #index: SlotIndex;
  readonly #wheel: Wheel;
  readonly #held: Tally;
  readonly #hash: KeyedHash;
  readonly #remove = (slot: number): void => this.remove(slot);

  constructor(options: SwarmsOptions) {
    const { capacity, randomBelow } = options;
    this.#options = options;
    this.peers = new PeerTable(capacity);
    this.#index = new SlotIndex(this.peers.hashes);
    this.#wheel = new Wheel(capacity, options.lifetimeMs, options.now);
    // Each peer counts for its swarm, and for all swarms.
    this.#held = new Tally(2 * capacity);
    this.#hash = new KeyedHash([randomBelow(MAX_UINT32), randomBelow(MAX_UINT32)]);
  }

  get(infoHash: InfoHash): Swarm | undefined {
    return this.#swarms.get(infoHash);
  }

  all(): IterableIterator<Swarm> {
    return this.#swarms.values();
  }

  /** Undefined: the slot was released, and its swarm closed. */
  swarmOf(slot: number): Swarm | undefined {
    return this.#byId[this.peers.swarms[slot] as number];
  }

  /** The visitor's slot; -1: none. */
  find(infoHash: InfoHash, visitor: Visitor): number {
    const swarm = this.#swarms.get(infoHash);
    return swarm === undefined ? -1 : this.#findIn(swarm, visitor);
  }

  /** The slot of a session in a paid swarm; -1: none. HTTP and WebSocket are two places. */
  findOwned(infoHash: InfoHash, kind: Kind, owner: Uint8Array): number {
    return this.find(infoHash, { ...NOWHERE, kind, owner });
  }

  /** Whether the slot is still the place in the swarm that it was when it had this hash. */
  isStill(slot: number, infoHash: InfoHash, hash: number): boolean {
    return this.peers.hashes[slot] === hash && this.swarmOf(slot)?.infoHash === infoHash;
  }

  /** Slots of peers for the one at `self` (-1: it has no place). */
  choose(infoHash: InfoHash, self: number, { wanted, kinds, seeders }: Whom): number[] {
    const swarm = this.#swarms.get(infoHash);
    if (swarm === undefined || wanted <= 0) return [];
    const lists = kinds.map((kind) => swarm.list(kind, false));
    const complete = seeders === "no" ? [] : kinds.map((kind) => swarm.list(kind, true));
    const options = { self, prefixes: this.peers.prefixes, randomBelow: this.#options.randomBelow };
    if (seeders !== "last") return choosePeers([...lists, ...complete], { ...options, wanted });
    const chosen = choosePeers(lists, { ...options, wanted });
    return chosen.concat(choosePeers(complete, { ...options, wanted: wanted - chosen.length }));
  }

  /**
   * Gives the visitor a place, or keeps the one that it has; it was heard of `agoMs` before `now`.
   * Returns its slot; -1: no place for it.
   */
  enter(infoHash: InfoHash, visitor: Visitor, isComplete: boolean, now: number, agoMs = 0): number {
    this.sweep(now);
    const swarm = this.#open(infoHash);
    let slot = this.#findIn(swarm, visitor);
    if (slot >= 0) {
      this.#wheel.drop(slot);
      if (this.peers.kind(slot) !== visitor.kind || this.peers.isComplete(slot) !== isComplete) {
        this.#unlist(slot, swarm);
        this.#list(slot, swarm, visitor.kind, isComplete);
      }
    } else {
      slot = this.#admit(swarm, visitor);
      if (slot < 0) {
        this.#closeIfEmpty(swarm);
        return -1;
      }
      this.#list(slot, swarm, visitor.kind, isComplete);
    }
    this.#write(slot, visitor, isComplete);
    this.#wheel.file(slot, now, agoMs);
    return slot;
  }

  remove(slot: number): void {
    const { peers } = this;
    const swarm = this.swarmOf(slot) as Swarm;
    this.#wheel.drop(slot);
    this.#index.remove(slot);
    this.#held.subtract(peers.holders[slot] as number);
    this.#held.subtract(this.#holderIn(swarm, peers.holders[slot] as number));
    this.#unlist(slot, swarm);
    peers.hashes[slot] = 0;
    peers.release(slot);
    this.#closeIfEmpty(swarm);
  }

  /** How long ago the peer announced, to a 32nd of the lifetime. */
  agoMs(slot: number, now: number): number {
    return this.#wheel.agoMs(slot, now);
  }

  /** Forgets peers that no longer announce. */
  sweep(now: number): void {
    this.#wheel.advance(now, this.#remove);
  }

  #open(infoHash: InfoHash): Swarm {
    const known = this.#swarms.get(infoHash);
    if (known !== undefined) return known;
    const id = this.#freeIds.pop() ?? this.#byId.length;
    const swarm = new Swarm(id, infoHash);
    this.#byId[id] = swarm;
    this.#swarms.set(infoHash, swarm);
    return swarm;
  }

  #closeIfEmpty(swarm: Swarm): void {
    if (!swarm.isEmpty) return;
    this.#swarms.delete(swarm.infoHash);
    this.#byId[swarm.id] = undefined;
    this.#freeIds.push(swarm.id);
  }

  #findIn(swarm: Swarm, visitor: Visitor): number {
    const { peers } = this;
    const { owner, kind, port } = visitor;
    return this.#index.find(this.#hashOf(swarm, visitor), (slot) => {
      if (peers.swarms[slot] !== swarm.id || peers.isOwned(slot) !== (owner !== null)) return false;
      if ((peers.kind(slot) === WEBSOCKET) !== (kind === WEBSOCKET)) return false;
      if (owner !== null) return peers.hasSessionKey(slot, owner);
      if (!peers.hasAddress(slot, visitor.address)) return false;
      return kind === WEBSOCKET ? peers.hasPeerId(slot, visitor.peerId) : peers.ports[slot] === port;
    });
  }

  #hashOf(swarm: Swarm, { kind, address, port, peerId, owner }: Visitor): number {
    const hash = this.#hash;
    hash.begin();
    hash.add(swarm.id);
    hash.add((kind === WEBSOCKET ? 1 : 0) | (owner === null ? 0 : 2));
    if (owner !== null) hash.addBytes(owner, 20, 40);
    else {
      hash.addBytes(address, 0, ADDRESS_BYTES);
      if (kind === WEBSOCKET) hash.addBytes(peerId, 0, PEER_ID_BYTES);
      else hash.add(port);
    }
    // 0 is the hash of free slots.
    return hash.end() || 1;
  }

  /** A slot within the quotas, in the index; -1: none. */
  #admit(swarm: Swarm, visitor: Visitor): number {
    const { peers } = this;
    const prefix = this.#hashPrefix(visitor.address);
    const holder = visitor.owner === null ? prefix : this.#hashAccount(visitor.owner);
    const holderIn = this.#holderIn(swarm, holder);
    if (this.#held.count(holderIn) >= this.#options.placesPerSwarm) return -1;
    if (this.#held.count(holder) >= this.#options.places) return -1;
    const slot = peers.take();
    if (slot < 0) return -1;
    this.#held.add(holder);
    this.#held.add(holderIn);
    peers.swarms[slot] = swarm.id;
    peers.holders[slot] = holder;
    peers.hashes[slot] = this.#hashOf(swarm, visitor);
    this.#index.add(slot);
    return slot;
  }

  #write(slot: number, visitor: Visitor, isComplete: boolean): void {
    const { peers } = this;
    peers.addresses.set(visitor.address, slot * ADDRESS_BYTES);
    peers.peerIds.set(visitor.peerId, slot * PEER_ID_BYTES);
    if (visitor.owner !== null) peers.owners.set(visitor.owner, slot * OWNER_BYTES);
    peers.ports[slot] = visitor.port;
    peers.voucherPorts[slot] = visitor.voucherPort;
    peers.prefixes[slot] = this.#hashPrefix(visitor.address);
    peers.setFlags(slot, visitor.kind, isComplete, visitor.owner !== null);
  }

  #list(slot: number, swarm: Swarm, kind: Kind, isComplete: boolean): void {
    this.peers.positions[slot] = swarm.add(slot, kind, isComplete);
  }

  #unlist(slot: number, swarm: Swarm): void {
    const { peers } = this;
    const position = peers.positions[slot] as number;
    const moved = swarm.remove(position, peers.kind(slot), peers.isComplete(slot));
    if (moved >= 0) peers.positions[moved] = position;
  }

  #hashPrefix(address: Uint8Array): number {
    const [from, to] = prefixRange(address);
    this.#hash.begin();
    this.#hash.add(to - from);
    this.#hash.addBytes(address, from, to);
    return this.#hash.end();
  }

  #hashAccount(owner: Uint8Array): number {
    this.#hash.begin();
    this.#hash.addBytes(owner, 0, 20);
    return this.#hash.end();
  }

  #holderIn(swarm: Swarm, holder: number): number {
    this.#hash.begin();
    this.#hash.add(swarm.id);
    this.#hash.add(holder);
    return this.#hash.end();
  }
}
