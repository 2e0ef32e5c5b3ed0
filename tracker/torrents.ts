import type { InfoHash } from "../protocol/base/ids.ts";

/** What the tracker must know of a torrent. It never changes while the torrent is published. */
export interface Torrent {
  readonly isPaid: boolean;
  readonly sizeBytes: number;
}

/** The authority is asked about an unknown torrent once in this time. */
const UNKNOWN_MS = 5_000;
const MAX_REMEMBERED = 1_000_000;
const MAX_UNKNOWN = 50_000;

/** The torrents that the authority has told of. */
export class Torrents {
  readonly #known = new Map<InfoHash, Torrent>();
  /** Until when each is taken for unknown. */
  readonly #unknown = new Map<InfoHash, number>();

  /** Null: unknown a moment ago. Undefined: to be asked for. */
  get(infoHash: InfoHash, now: number): Torrent | null | undefined {
    const torrent = this.#known.get(infoHash);
    if (torrent !== undefined) return torrent;
    return (this.#unknown.get(infoHash) ?? Number.NEGATIVE_INFINITY) > now ? null : undefined;
  }

  learn(infoHash: InfoHash, torrent: Torrent | null, now: number): void {
    if (torrent === null) {
      keep(this.#unknown, infoHash, now + UNKNOWN_MS, MAX_UNKNOWN);
    } else {
      const { isPaid, sizeBytes } = torrent;
      keep(this.#known, infoHash, { isPaid, sizeBytes }, MAX_REMEMBERED);
    }
  }
}

function keep<Value>(map: Map<InfoHash, Value>, infoHash: InfoHash, value: Value, most: number): void {
  map.delete(infoHash);
  map.set(infoHash, value);
  const oldest = map.keys().next();
  if (map.size > most && !oldest.done) map.delete(oldest.value);
}
