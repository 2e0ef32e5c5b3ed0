import type { InfoHash } from "../../protocol/base/ids.ts";
import { type Announce, invalid, NO_FIELDS, parseEvent, parseWanted } from "../core/announce.ts";

/** Packets of BEP 15. All integers are big-endian. */

const PROTOCOL_ID = 0x41727101980n;
const [CONNECT, ANNOUNCE, SCRAPE, ERROR] = [0, 1, 2, 3];
const CONNECT_BYTES = 16;
const ANNOUNCE_BYTES = 98;
const MAX_SCRAPE = 74;
const EVENTS = ["update", "completed", "started", "stopped"];

export type UdpRequest =
  | { readonly type: "connect"; readonly transaction: number }
  | { readonly type: "announce"; readonly transaction: number; readonly connection: bigint; readonly packet: Buffer }
  | {
      readonly type: "scrape";
      readonly transaction: number;
      readonly connection: bigint;
      readonly infoHashes: readonly InfoHash[];
    };

/** Null for anything that gets no answer. */
export function parsePacket(packet: Buffer): UdpRequest | null {
  if (packet.length < CONNECT_BYTES) return null;
  const connection = packet.readBigUInt64BE(0);
  const action = packet.readUInt32BE(8);
  const transaction = packet.readUInt32BE(12);
  if (action === CONNECT) return connection === PROTOCOL_ID ? { type: "connect", transaction } : null;
  // Options may follow (BEP 41).
  if (action === ANNOUNCE)
    return packet.length < ANNOUNCE_BYTES ? null : { type: "announce", transaction, connection, packet };
  const hashBytes = packet.length - CONNECT_BYTES;
  if (action !== SCRAPE || hashBytes === 0 || hashBytes % 20 !== 0 || hashBytes > 20 * MAX_SCRAPE) return null;
  const infoHashes = Array.from({ length: hashBytes / 20 }, (_, i) =>
    packet.toString("hex", CONNECT_BYTES + 20 * i, CONNECT_BYTES + 20 * (i + 1)),
  );
  return { type: "scrape", transaction, connection, infoHashes };
}

/**
 * The fields of an announce; what it says of its address is ignored.
 * @throws {ProtocolError} ANNOUNCE_INVALID
 */
export function parseUdpAnnounce(packet: Buffer): Announce {
  const port = packet.readUInt16BE(96);
  if (port === 0) throw invalid("port");
  const left = packet.readBigUInt64BE(64);
  return {
    infoHash: packet.toString("hex", 16, 36),
    peerId: packet.subarray(36, 56),
    port,
    bytesLeft: left > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(left),
    event: parseEvent(EVENTS[packet.readUInt32BE(80)] ?? ""),
    wanted: parseWanted(packet.readInt32BE(92)),
    ...NO_FIELDS,
  };
}

export function encodeConnected(transaction: number, connection: bigint): Buffer {
  const packet = head(CONNECT as number, transaction, 16);
  packet.writeBigUInt64BE(connection, 8);
  return packet;
}

/** The head of an announce's reply; peers follow from byte 20 on. */
export function encodeAnnounceHead(
  transaction: number,
  { intervalSec, incomplete, complete }: { intervalSec: number; incomplete: number; complete: number },
  peerBytes: number,
): Buffer {
  const packet = head(ANNOUNCE as number, transaction, 20 + peerBytes);
  packet.writeUInt32BE(intervalSec, 8);
  packet.writeUInt32BE(incomplete, 12);
  packet.writeUInt32BE(complete, 16);
  return packet;
}

export interface SwarmCounts {
  readonly complete: number;
  readonly downloaded: number;
  readonly incomplete: number;
}

export function encodeScraped(transaction: number, swarms: readonly SwarmCounts[]): Buffer {
  const packet = head(SCRAPE as number, transaction, 8 + 12 * swarms.length);
  for (const [i, { complete, downloaded, incomplete }] of swarms.entries()) {
    packet.writeUInt32BE(complete, 8 + 12 * i);
    packet.writeUInt32BE(downloaded, 12 + 12 * i);
    packet.writeUInt32BE(incomplete, 16 + 12 * i);
  }
  return packet;
}

export function encodeError(transaction: number, reason: string): Buffer {
  return Buffer.concat([head(ERROR as number, transaction, 8), Buffer.from(reason)]);
}

function head(action: number, transaction: number, length: number): Buffer {
  const packet = Buffer.allocUnsafe(length);
  packet.writeUInt32BE(action, 0);
  packet.writeUInt32BE(transaction, 4);
  return packet;
}
