import type { Wire } from "webtorrent";
import type { Address } from "../../protocol/ids.ts";

/** Which wires of one torrent may stay: not to ourselves, not to the banned, one to each peer, few to strangers. */

/** Wires without our extension that are kept (choked); the oldest goes first. Ours are strangers, too, for one round trip. */
export const MAX_STRANGERS = 16;

/** Banned session keys that are remembered; the oldest is forgotten first. Payment's own bans outlive the process. */
const MAX_BANS = 10_000;

/**
 * Chooses between two wires to the same peer as the peer itself does: the one that the smaller peer id dialled; of two
 * in the same direction the newer, since the older is then half-open.
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

/** Banned remotes: by session key, and by the peer ids that they used, which a wire tells before its key. */
export interface BanList {
  add(remoteKey: Address, peerId: string | null): void;
  hasKey(remoteKey: Address): boolean;
  hasPeerId(peerId: string | null): boolean;
}

export function createBanList(): BanList {
  const keys = new Set<Address>();
  const peerIds = new Set<string>();
  const remember = <T>(set: Set<T>, value: T): void => {
    set.add(value);
    if (set.size > MAX_BANS) set.delete(set.values().next().value as T);
  };
  return {
    add(remoteKey, peerId) {
      remember(keys, remoteKey);
      if (peerId !== null) remember(peerIds, peerId);
    },
    hasKey: (remoteKey) => keys.has(remoteKey),
    hasPeerId: (peerId) => peerId !== null && peerIds.has(peerId),
  };
}

/** Remote address as payment compares it: IPv4 also where the socket writes it as IPv6 (RFC 4291, 2.5.5.2). */
export function plainHost(host: string): string {
  return host.replace(/^\[|\]$/g, "").replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
