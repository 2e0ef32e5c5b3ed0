import { bytesToHex, concatBytes, hexToBytes, readUint, writeUint } from "../../protocol/base/bytes.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { ADDRESS_BYTES, type Kind, OWNER_BYTES, PEER_ID_BYTES, WEBSOCKET } from "./peer-table.ts";
import type { Swarms, Visitor } from "./swarms.ts";

/**
 * Swarms as bytes, so that a tracker that starts anew knows its peers. One record a peer: length 2,
 * infohash 20, size of the content 8, kind and whether complete 1, ports 2 + 2, seconds since it
 * was heard of 3, address 16, peer id 20, and the owner in a paid swarm.
 */

const MAGIC = new TextEncoder().encode("FGSWARM1");
const HEAD_BYTES = MAGIC.length + 6;
const FIXED_BYTES = 20 + 8 + 1 + 2 + 2 + 3 + ADDRESS_BYTES + PEER_ID_BYTES;
const COMPLETE = 0x80;

export interface SavedPeer {
  readonly infoHash: InfoHash;
  readonly sizeBytes: number;
  readonly visitor: Visitor;
  readonly isComplete: boolean;
  readonly agoMs: number;
}

export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly peers: readonly SavedPeer[];
}

/** `savedAt`: milliseconds since 1970. */
export function encodeHead(savedAt: number): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  head.set(MAGIC);
  writeUint(head, MAGIC.length, 6, savedAt);
  return head;
}

/**
 * The records of slots from `from` to below `to`. Peers on WebSocket are left out: their sockets
 * end with the tracker.
 */
export function encodePeers(
  swarms: Swarms,
  sizeOf: (infoHash: InfoHash) => number,
  { from, to, now }: { from: number; to: number; now: number },
): Uint8Array {
  const records: Uint8Array[] = [];
  for (let slot = from; slot < to; slot++) {
    const swarm = swarms.peers.hashes[slot] === 0 ? undefined : swarms.swarmOf(slot);
    if (swarm === undefined || swarms.peers.kind(slot) === WEBSOCKET) continue;
    records.push(encodePeer(swarms, slot, { infoHash: swarm.infoHash, sizeBytes: sizeOf(swarm.infoHash), now }));
  }
  return concatBytes(...records);
}

function encodePeer(
  swarms: Swarms,
  slot: number,
  { infoHash, sizeBytes, now }: { infoHash: InfoHash; sizeBytes: number; now: number },
): Uint8Array {
  const { peers } = swarms;
  const isOwned = peers.isOwned(slot);
  const length = FIXED_BYTES + (isOwned ? OWNER_BYTES : 0);
  const record = new Uint8Array(2 + length);
  writeUint(record, 0, 2, length);
  record.set(hexToBytes(infoHash), 2);
  writeUint(record, 22, 8, sizeBytes);
  record[30] = peers.kind(slot) | (peers.isComplete(slot) ? COMPLETE : 0);
  writeUint(record, 31, 2, peers.ports[slot] as number);
  writeUint(record, 33, 2, peers.voucherPorts[slot] as number);
  writeUint(record, 35, 3, Math.min(0xffffff, Math.floor(swarms.agoMs(slot, now) / 1000)));
  record.set(peers.address(slot), 38);
  record.set(peers.peerId(slot), 54);
  if (isOwned) record.set(peers.owner(slot), 74);
  return record;
}

/** Null for bytes that no tracker wrote. A record that is broken off ends them. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot | null {
  if (bytes.length < HEAD_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) return null;
  const peers: SavedPeer[] = [];
  for (let at = HEAD_BYTES; at + 2 <= bytes.length; ) {
    const length = Number(readUint(bytes, at, 2));
    const end = at + 2 + length;
    if ((length !== FIXED_BYTES && length !== FIXED_BYTES + OWNER_BYTES) || end > bytes.length) break;
    const peer = decodePeer(bytes.subarray(at + 2, end));
    if (peer !== null) peers.push(peer);
    at = end;
  }
  return { savedAt: Number(readUint(bytes, MAGIC.length, 6)), peers };
}

function decodePeer(record: Uint8Array): SavedPeer | null {
  const kind = (record[28] as number) & ~COMPLETE;
  const port = Number(readUint(record, 29, 2));
  if (kind >= WEBSOCKET || port === 0) return null;
  const [address, peerId, owner] = [record.slice(36, 52), record.slice(52, 72), record.slice(72)];
  return {
    infoHash: bytesToHex(record.subarray(0, 20)).slice(2),
    sizeBytes: Number(readUint(record, 20, 8)),
    isComplete: ((record[28] as number) & COMPLETE) !== 0,
    agoMs: 1000 * Number(readUint(record, 33, 3)),
    visitor: {
      kind: kind as Kind,
      address,
      port,
      peerId,
      owner: owner.length === 0 ? null : owner,
      voucherPort: Number(readUint(record, 31, 2)),
    },
  };
}
