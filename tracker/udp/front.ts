import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { FloodgateError } from "../../protocol/base/errors.ts";
import { isIpv4, parseIp } from "../../protocol/base/ip-address.ts";
import { IPV4_PEER_BYTES, IPV6_PEER_BYTES, writePeer } from "../core/compact-peer.ts";
import { IPV4, IPV6, type Kind } from "../core/peer-table.ts";
import type { Swarms } from "../core/swarms.ts";
import type { Desk, Origin, Reply } from "../desk.ts";
import type { Doors } from "../doors.ts";
import type { ConnectionIds } from "./connection-id.ts";
import {
  encodeAnnounceHead,
  encodeConnected,
  encodeError,
  encodeScraped,
  parsePacket,
  parseUdpAnnounce,
  type UdpRequest,
} from "./packets.ts";

export interface UdpFrontOptions {
  readonly desk: Desk;
  readonly swarms: Swarms;
  readonly doors: Doors;
  readonly connections: ConnectionIds;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly log: (message: string) => void;
}

/** Largest packet that is read: an announce with options. */
const MAX_PACKET_BYTES = 2_048;
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const NOBODY = { complete: 0, downloaded: 0, incomplete: 0 };
const KINDS: Readonly<Record<number, readonly Kind[]>> = { [IPV4]: [IPV4], [IPV6]: [IPV6] };

/**
 * Announces and scrapes over UDP (BEP 15), of free torrents: a datagram has no room for tokens and
 * lanes. A packet that is malformed, too much, or without a good connection id gets no answer.
 */
export function createUdpFront(options: UdpFrontOptions, isIpv6: boolean): Socket {
  const type = isIpv6 ? "udp6" : "udp4";
  const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES });
  socket.on("message", (packet, from) => {
    if (packet.length > MAX_PACKET_BYTES) return;
    const request = parsePacket(packet);
    const address = parseIp(from.address);
    if (request === null || address === null || !options.doors.allow(address)) return;
    const reply = answer(options, request, address);
    if (reply instanceof Promise) {
      // A failure of ours is in the log. The client asks again.
      reply.then((late) => send(socket, late, from)).catch((error) => options.log(`announce failed: ${String(error)}`));
    } else {
      send(socket, reply, from);
    }
  });
  return socket;
}

function answer(
  options: UdpFrontOptions,
  request: UdpRequest,
  address: Uint8Array,
): Buffer | null | Promise<Buffer | null> {
  const { connections, swarms, now } = options;
  const { transaction } = request;
  if (request.type === "connect") return encodeConnected(transaction, connections.issue(address, now()));
  if (!connections.isGood(request.connection, address, now())) return null;
  if (request.type === "scrape") {
    return encodeScraped(
      transaction,
      request.infoHashes.map((infoHash) => swarms.get(infoHash) ?? NOBODY),
    );
  }
  return answerAnnounce(options, request.packet, transaction, address);
}

function answerAnnounce(
  { desk, swarms }: UdpFrontOptions,
  packet: Buffer,
  transaction: number,
  address: Uint8Array,
): Buffer | Promise<Buffer> {
  const kind = isIpv4(address) ? IPV4 : IPV6;
  const origin: Origin = { kind, address, kinds: KINDS[kind] ?? [], isGone: () => false };
  try {
    const reply = desk.announce(parseUdpAnnounce(packet), origin);
    if (reply instanceof Promise) return reply.then((late) => encode(late, swarms, transaction, kind));
    return encode(reply, swarms, transaction, kind);
  } catch (error) {
    if (!(error instanceof FloodgateError)) throw error;
    return encodeError(transaction, error.message);
  }
}

function encode(reply: Reply, swarms: Swarms, transaction: number, kind: Kind): Buffer {
  if (reply.type === "refused") return encodeError(transaction, reply.reason);
  const [from, bytes] = kind === IPV4 ? [12, IPV4_PEER_BYTES] : [0, IPV6_PEER_BYTES];
  const packet = encodeAnnounceHead(transaction, reply, bytes * reply.peers.length);
  let at = packet.length - bytes * reply.peers.length;
  for (const slot of reply.peers) at = writePeer(packet, at, swarms.peers, slot, from);
  return packet;
}

function send(socket: Socket, packet: Buffer | null, to: RemoteInfo): void {
  // The socket may have closed meanwhile; what cannot be sent is asked for again.
  if (packet !== null) socket.send(packet, to.port, to.address, () => undefined);
}
