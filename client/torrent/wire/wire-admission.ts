import type { Wire } from "webtorrent";
import { BAN_SEC } from "../../../protocol/base/constants.ts";
import type { Address } from "../../../protocol/base/ids.ts";

/**
 * Which wires of one torrent may stay: none to ourselves or to banned remotes, one to each peer,
 * few to strangers.
 */

/**
 * How many wires without our extension are kept, choked. The oldest is closed first. A Floodgate
 * peer is a stranger, too, for one round trip.
 */
export const MAX_STRANGERS = 16;

/**
 * How many banned session keys are remembered. The oldest is forgotten first. Payment's own bans
 * outlive the process.
 */
const MAX_BANS = 10_000;
const BAN_MS = BAN_SEC * 1000;

/**
 * Chooses between two wires to the same peer, just as that peer does. The wire that the smaller
 * peer id dialled stays. Of two wires in the same direction the newer stays, since the older is
 * then half-open.
 */
export function chooseWire<T extends Pick<Wire, "type">>(
  older: T,
  newer: T,
  localPeerId: string,
  remotePeerId: string,
): T {
  if (older.type === newer.type) return newer;
  const isOurs = (wire: T): boolean => wire.type.endsWith("Outgoing");
  return isOurs(older) === localPeerId < remotePeerId ? older : newer;
}

/**
 * Remotes that are banned for a day, by session key and by the peer ids that they used. A wire
 * tells its peer id before its key.
 */
export interface BanList {
  add(remoteKey: Address, peerId: string | null): void;
  /** The ban of this key is lifted, and that of the peer ids that it used. */
  remove(remoteKey: Address): void;
  hasKey(remoteKey: Address): boolean;
  hasPeerId(peerId: string | null): boolean;
}

interface Ban {
  readonly remoteKey: Address;
  readonly untilMs: number;
}

export function createBanList(nowMs: () => number): BanList {
  const keys = new Map<Address, Ban>();
  const peerIds = new Map<string, Ban>();
  const remember = <T>(bans: Map<T, Ban>, value: T, remoteKey: Address): void => {
    bans.delete(value);
    bans.set(value, { remoteKey, untilMs: nowMs() + BAN_MS });
    if (bans.size > MAX_BANS) bans.delete(bans.keys().next().value as T);
  };
  const has = <T>(bans: Map<T, Ban>, value: T): boolean =>
    nowMs() < (bans.get(value)?.untilMs ?? Number.NEGATIVE_INFINITY);
  return {
    add(remoteKey, peerId) {
      remember(keys, remoteKey, remoteKey);
      if (peerId !== null) remember(peerIds, peerId, remoteKey);
    },
    remove(remoteKey) {
      keys.delete(remoteKey);
      for (const [peerId, ban] of peerIds) if (ban.remoteKey === remoteKey) peerIds.delete(peerId);
    },
    hasKey: (remoteKey) => has(keys, remoteKey),
    hasPeerId: (peerId) => peerId !== null && has(peerIds, peerId),
  };
}

/**
 * Remote address as payment compares it: IPv4, even where the socket writes it as IPv6 (RFC 4291,
 * 2.5.5.2).
 */
export function plainHost(host: string): string {
  return host.replace(/^\[|\]$/g, "").replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
