import type { Torrent, Wire } from "webtorrent";
import { createDialer, type Dialer, type DialerContext } from "./dialer.ts";
import { type Paces, paceWire } from "./pace-wire.ts";

export interface WireRules {
  readonly paces: Paces;
  /** Wires that it may have now. */
  readonly maxWires: () => number;
  /** Somebody else chooses which wires stay. */
  readonly hasPlaces: boolean;
}

/**
 * Keeps the wires of one torrent to its rates, and to how many there may be.
 * @returns who dials within that
 */
export function limitWires(
  torrent: Torrent,
  { paces, maxWires, hasPlaces }: WireRules,
  context: DialerContext,
): Dialer {
  torrent.on("wire", (wire: Wire) => {
    paceWire(wire, paces);
    if (!hasPlaces && openWires(torrent).length > maxWires()) wire.destroy();
  });
  return createDialer(torrent, maxWires, context);
}

export function openWires(torrent: Torrent): readonly Wire[] {
  return torrent.destroyed ? [] : torrent.wires.filter((wire) => !wire.destroyed);
}

/** Closes the newest ones above this number. */
export function closeWires(torrent: Torrent, most: number): void {
  for (const wire of openWires(torrent).slice(most)) wire.destroy();
}
