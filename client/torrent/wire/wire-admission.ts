import type { Wire } from "webtorrent";
import { BAN_SEC } from "../../../protocol/base/constants.ts";
import type { Address } from "../../../protocol/base/ids.ts";

/**
 * Which wires of one torrent may stay: not to ourselves, not to the banned, one to each peer, few
 * to strangers.
 */

/**
 * Wires without our extension that are kept (choked); the oldest goes first. Ours are strangers,
 * too, for one round trip.
 */
export const MAX_STRANGERS = 16;

/**
 * Banned session keys that are remembered; the oldest is forgotten first. Payment's own bans
 * outlive the process.
 */
const MAX_BANS = 10_000;
const BAN_MS = BAN_SEC * 1000;

/**
 * Chooses between two wires to the same peer as the peer itself does: the one that the smaller peer
 * id dialled; of two in the same direction the newer, since the older is then half-open.
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
 * Remotes that are banned for a day: by session key, and by the peer ids that they used, which a
 * wire tells before its key.
 */
export interface BanList {
  add(remoteKey: Address, peerId: string | null): void;
  hasKey(remoteKey: Address): boolean;
  hasPeerId(peerId: string | null): boolean;
}

export function createBanList(nowMs: () => number): BanList {
  /** With the time at which they end. */
  const keys = new Map<Address, number>();
  const peerIds = new Map<string, number>();
  const remember = <T>(bans: Map<T, number>, value: T): void => {
    bans.delete(value);
    bans.set(value, nowMs() + BAN_MS);
    if (bans.size > MAX_BANS) bans.delete(bans.keys().next().value as T);
  };
  const has = <T>(bans: Map<T, number>, value: T): boolean => nowMs() < (bans.get(value) ?? Number.NEGATIVE_INFINITY);
  return {
    add(remoteKey, peerId) {
      remember(keys, remoteKey);
      if (peerId !== null) remember(peerIds, peerId);
    },
    hasKey: (remoteKey) => has(keys, remoteKey),
    hasPeerId: (peerId) => peerId !== null && has(peerIds, peerId),
  };
}

/**
 * Remote address as payment compares it: IPv4 also where the socket writes it as IPv6 (RFC 4291,
 * 2.5.5.2).
 */
export function plainHost(host: string): string {
  return host.replace(/^\[|\]$/g, "").replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
