import type { Wire } from "webtorrent";
import type { Described } from "./wire-traffic.ts";

/** What a paid torrent adds to a plain one. */
export interface ContentHooks {
  /** Called before the first announce and the first wire. */
  checked(onDisk: ReadonlySet<number>): void;
  readFrom(piece: number | null): void;
  /** A wire to this host would get a place, and nobody would lose one. */
  hasPlaceFor(host: string): boolean;
  describe(wire: Wire): Described | null;
  /** Query fields. `bytesLeft` is what the announce says as `left`. */
  announceFields(bytesLeft: number): Record<string, string>;
  announceReplied(text: string): void;
}
