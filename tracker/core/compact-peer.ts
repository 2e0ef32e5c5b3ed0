import { ADDRESS_BYTES, type PeerTable } from "./peer-table.ts";

/** Address and port, as BEP 23 and BEP 7 write them. */
export const IPV4_PEER_BYTES = 6;
export const IPV6_PEER_BYTES = 18;

/**
 * Writes the last bytes of the peer's address, from `from` on (12 for IPv4, 0 for IPv6), then its
 * port. Returns where they end.
 */
export function writePeer(bytes: Uint8Array, at: number, table: PeerTable, slot: number, from: number): number {
  let to = at;
  for (let i = slot * ADDRESS_BYTES + from; i < (slot + 1) * ADDRESS_BYTES; i++) {
    bytes[to++] = table.addresses[i] as number;
  }
  const port = table.ports[slot] as number;
  bytes[to++] = port >> 8;
  bytes[to++] = port & 0xff;
  return to;
}
