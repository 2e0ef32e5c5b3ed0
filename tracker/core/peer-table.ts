/** How a peer is reached. Peers on WebSocket speak WebRTC, and meet only each other. */
export const IPV4 = 0;
export const IPV6 = 1;
export const WEBSOCKET = 2;
export const KINDS = 3;
export type Kind = 0 | 1 | 2;

export const ADDRESS_BYTES = 16;
export const PEER_ID_BYTES = 20;
/** Account 20, session key 20, session public key 33, as an announce token has them. */
export const OWNER_BYTES = 73;
const [KEY_FROM, KEY_TO] = [20, 40];

const KIND_BITS = 3;
const COMPLETE = 4;
const OWNED = 8;

/**
 * What is known of each peer, in slots of typed arrays: 73 bytes a peer, and `OWNER_BYTES` more for
 * one of a paid swarm. Pages that were never written take no memory.
 */
export class PeerTable {
  readonly capacity: number;
  readonly addresses: Uint8Array;
  readonly peerIds: Uint8Array;
  readonly owners: Uint8Array;
  readonly ports: Uint16Array;
  /** Of libp2p listeners; 0: takes no vouchers. */
  readonly voucherPorts: Uint16Array;
  /** Ids of swarms. */
  readonly swarms: Uint32Array;
  /** Where the slot stands in its swarm's list. */
  readonly positions: Uint32Array;
  /** Of the place: where the index finds it. */
  readonly hashes: Uint32Array;
  /** Of whom the quota counts: prefix, or account. */
  readonly holders: Uint32Array;
  readonly prefixes: Uint32Array;
  readonly #flags: Uint8Array;
  #used = 0;
  /** A list through `positions`, by slot + 1; 0: none. */
  #free = 0;
  #size = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.addresses = new Uint8Array(capacity * ADDRESS_BYTES);
    this.peerIds = new Uint8Array(capacity * PEER_ID_BYTES);
    this.owners = new Uint8Array(capacity * OWNER_BYTES);
    this.ports = new Uint16Array(capacity);
    this.voucherPorts = new Uint16Array(capacity);
    this.swarms = new Uint32Array(capacity);
    this.positions = new Uint32Array(capacity);
    this.hashes = new Uint32Array(capacity);
    this.holders = new Uint32Array(capacity);
    this.prefixes = new Uint32Array(capacity);
    this.#flags = new Uint8Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Slots from here on were never taken. */
  get used(): number {
    return this.#used;
  }

  /** A slot with old content; -1 when all are taken. */
  take(): number {
    if (this.#size === this.capacity) return -1;
    this.#size++;
    if (this.#free === 0) return this.#used++;
    const slot = this.#free - 1;
    this.#free = this.positions[slot] as number;
    return slot;
  }

  release(slot: number): void {
    this.#size--;
    this.positions[slot] = this.#free;
    this.#free = slot + 1;
  }

  kind(slot: number): Kind {
    return ((this.#flags[slot] as number) & KIND_BITS) as Kind;
  }

  isComplete(slot: number): boolean {
    return ((this.#flags[slot] as number) & COMPLETE) !== 0;
  }

  isOwned(slot: number): boolean {
    return ((this.#flags[slot] as number) & OWNED) !== 0;
  }

  setFlags(slot: number, kind: Kind, isComplete: boolean, isOwned: boolean): void {
    this.#flags[slot] = kind | (isComplete ? COMPLETE : 0) | (isOwned ? OWNED : 0);
  }

  hasAddress(slot: number, address: Uint8Array): boolean {
    return isAt(this.addresses, slot * ADDRESS_BYTES, address, 0, ADDRESS_BYTES);
  }

  hasPeerId(slot: number, peerId: Uint8Array): boolean {
    return isAt(this.peerIds, slot * PEER_ID_BYTES, peerId, 0, PEER_ID_BYTES);
  }

  hasSessionKey(slot: number, owner: Uint8Array): boolean {
    return isAt(this.owners, slot * OWNER_BYTES + KEY_FROM, owner, KEY_FROM, KEY_TO);
  }

  address(slot: number): Uint8Array {
    return this.addresses.subarray(slot * ADDRESS_BYTES, (slot + 1) * ADDRESS_BYTES);
  }

  peerId(slot: number): Uint8Array {
    return this.peerIds.subarray(slot * PEER_ID_BYTES, (slot + 1) * PEER_ID_BYTES);
  }

  /** `OWNER_BYTES`; only for a slot that is owned. */
  owner(slot: number): Uint8Array {
    return this.owners.subarray(slot * OWNER_BYTES, (slot + 1) * OWNER_BYTES);
  }
}

/** Whether bytes [from, to) of `wanted` stand at `at` plus the same offset past `from`. */
function isAt(bytes: Uint8Array, at: number, wanted: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[at + i - from] !== wanted[i]) return false;
  return true;
}
