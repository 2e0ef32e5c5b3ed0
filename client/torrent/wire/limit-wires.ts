import type { Torrent, Wire } from "webtorrent";
import { createDialer, type Dialer, type DialerContext, type DialRules } from "./dialer.ts";
import { type Paces, paceWire } from "./pace-wire.ts";

export interface WireRules {
  readonly paces: Paces;
  readonly maxWires: DialRules["maxWires"];
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
  places: Pick<DialRules, "hasPlaceFor"> | null,
  context: DialerContext,
): Dialer {
  torrent.on("wire", (wire: Wire) => {
    paceWire(wire, paces);
    if (!hasPlaces && openWires(torrent).length > maxWires()) wire.destroy();
  });
  return createDialer(torrent, { maxWires, hasPlaceFor: (host) => places?.hasPlaceFor(host) ?? true }, context);
}

export function openWires(torrent: Torrent): readonly Wire[] {
  return torrent.destroyed ? [] : torrent.wires.filter((wire) => !wire.destroyed);
}

/** Closes the newest ones above this number. */
export function closeWires(torrent: Torrent, most: number): void {
  for (const wire of openWires(torrent).slice(most)) wire.destroy();
}
