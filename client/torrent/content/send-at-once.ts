import type { Torrent, Wire } from "webtorrent";

/**
 * With Nagle's algorithm (RFC 896) a request for the next piece waits for a delayed
 * acknowledgement: 40 ms per window.
 */
export function sendAtOnce(torrent: Torrent, wire: Wire): void {
  const peer = [...torrent._peers.values()].find((one) => one.wire === wire);
  peer?.conn?.setNoDelay(true);
}
