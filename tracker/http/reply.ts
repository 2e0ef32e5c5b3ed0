import { formatIp, isIpv4 } from "../../protocol/base/ip-address.ts";
import { ANNOUNCE_REPLY_KEY } from "../../protocol/wire/announce.ts";
import { IPV4_PEER_BYTES, IPV6_PEER_BYTES, writePeer } from "../core/compact-peer.ts";
import { ADDRESS_BYTES, IPV4, type PeerTable } from "../core/peer-table.ts";
import type { Swarm } from "../core/swarm.ts";
import type { PeersReply, Refusal } from "../desk.ts";

/** Replies in bencode (BEP 3, 7, 23, 24, 31, 48). Keys stand in the order of their bytes. */

export interface ReplyForm {
  /** False: a dictionary for each peer (`compact=0`). */
  readonly isCompact: boolean;
  /** Dictionaries without `peer id` (`no_peer_id=1`). */
  readonly isWithoutId: boolean;
  readonly minIntervalSec: number;
}

export function encodeReply(reply: PeersReply, table: PeerTable, form: ReplyForm): Buffer {
  const { complete, incomplete, intervalSec, grant } = reply;
  // The grant is ASCII: hex, numbers and addresses.
  const grantPart = grant === null ? "" : `${text(ANNOUNCE_REPLY_KEY)}${text(grant)}`;
  const head =
    `d8:completei${complete}e${grantPart}10:incompletei${incomplete}e` +
    `8:intervali${intervalSec}e12:min intervali${Math.min(form.minIntervalSec, intervalSec)}e5:peers`;
  return form.isCompact ? encodeCompact(head, reply.peers, table) : encodeList(head, reply.peers, table, form);
}

function encodeCompact(head: string, peers: readonly number[], table: PeerTable): Buffer {
  let ipv4 = 0;
  for (const slot of peers) if (table.kind(slot) === IPV4) ipv4++;
  const ipv6 = peers.length - ipv4;
  const start = `${head}${IPV4_PEER_BYTES * ipv4}:`;
  const middle = ipv6 === 0 ? "" : `6:peers6${IPV6_PEER_BYTES * ipv6}:`;
  const bytes = Buffer.allocUnsafe(start.length + IPV4_PEER_BYTES * ipv4 + middle.length + IPV6_PEER_BYTES * ipv6 + 1);
  let at = bytes.write(start, 0, "latin1");
  let at6 = at + IPV4_PEER_BYTES * ipv4;
  at6 += bytes.write(middle, at6, "latin1");
  for (const slot of peers) {
    if (table.kind(slot) === IPV4) at = writePeer(bytes, at, table, slot, 12);
    else at6 = writePeer(bytes, at6, table, slot, 0);
  }
  bytes[at6] = 0x65;
  return bytes;
}

function encodeList(head: string, peers: readonly number[], table: PeerTable, form: ReplyForm): Buffer {
  const entries = peers.map((slot) => {
    const ip = `2:ip${text(formatIp(table.addresses, slot * ADDRESS_BYTES))}`;
    const id = form.isWithoutId ? "" : `7:peer id20:${Buffer.from(table.peerId(slot)).toString("latin1")}`;
    return `d${ip}${id}4:porti${table.ports[slot]}ee`;
  });
  return Buffer.from(`${head}l${entries.join("")}ee`, "latin1");
}

/** `seenAt`: 16 bytes, the asker's address (BEP 24); null: it is not told. */
export function encodeRefusal({ reason, retryIn }: Refusal, seenAt: Uint8Array | null = null): Buffer {
  const seen = seenAt === null ? null : isIpv4(seenAt) ? seenAt.subarray(12) : seenAt;
  const own = seen === null ? [] : [Buffer.from(`11:external ip${seen.length}:`), seen];
  const retry = retryIn === null ? "" : `8:retry in${retryIn === "never" ? "5:never" : `i${retryIn}e`}`;
  const bytes = Buffer.from(reason);
  const why = [Buffer.from(`14:failure reason${bytes.length}:`), bytes];
  return Buffer.concat([Buffer.from("d"), ...own, ...why, Buffer.from(`${retry}e`)]);
}

/** Swarms that nobody is in are left out. */
export function encodeScrape(swarms: readonly (Swarm | undefined)[]): Buffer {
  const known = swarms.filter((swarm) => swarm !== undefined);
  const sorted = [...new Set(known)].sort((a, b) => (a.infoHash < b.infoHash ? -1 : 1));
  const files = sorted.map(({ infoHash, complete, downloaded, incomplete }) => {
    const key = Buffer.from(infoHash, "hex").toString("latin1");
    return `20:${key}d8:completei${complete}e10:downloadedi${downloaded}e10:incompletei${incomplete}ee`;
  });
  return Buffer.from(`d5:filesd${files.join("")}ee`, "latin1");
}

function text(value: string): string {
  return `${value.length}:${value}`;
}
