import type { Torrent, Wire } from "webtorrent";
import { type Paces, paceWire } from "./pace-wire.ts";

/** webtorrent dials an address again until it failed this often. */
const NO_MORE_RETRIES = 3;

export interface WireRules {
  readonly paces: Paces;
  /** Wires that it may have now. */
  readonly maxWires: () => number;
  /** Somebody else chooses which wires stay. */
  readonly hasPlaces: boolean;
}

/** Keeps the wires of one torrent to its rates, and to how many there may be. */
export function limitWires(torrent: Torrent, { paces, maxWires, hasPlaces }: WireRules): void {
  torrent.on("wire", (wire: Wire) => {
    paceWire(wire, paces);
    if (!hasPlaces && openWires(torrent).length > maxWires()) close(torrent, wire);
  });
  const drain = torrent._drain.bind(torrent);
  torrent._drain = () => {
    if (torrent._numConns + torrent._numPending < maxWires()) drain();
  };
}

export function openWires(torrent: Torrent): readonly Wire[] {
  return torrent.destroyed ? [] : torrent.wires.filter((wire) => !wire.destroyed);
}

/** Closes the newest ones above this number. */
export function closeWires(torrent: Torrent, most: number): void {
  for (const wire of openWires(torrent).slice(most)) close(torrent, wire);
}

function close(torrent: Torrent, wire: Wire): void {
  const peer = [...torrent._peers.values()].find((one) => one.wire === wire);
  if (peer) peer.retries = NO_MORE_RETRIES;
  wire.destroy();
}
