/**
 * When each address of a swarm may be dialed again. One that closes before anything came of it has
 * no place for us, or nobody is there: it is tried ever more rarely. A swarm of full peers would
 * otherwise dial itself all the time.
 */
export interface DialBook {
  mayDial(address: string): boolean;
  /**
   * A connection that was dialed has ended, or was none. `isUseful`: something came of it.
   * @returns ms after which it is dialed again; null: once a tracker names it after its time
   */
  ended(address: string, peerId: string | null, isUseful: boolean): number | null;
  /** Who answered there last. */
  peerIdOf(address: string): string | null;
  /** All may be dialed now. */
  clear(): void;
}

/** After a connection that was of use. It may have been the network. */
const LOST_MS = 1_000;
/** The third try comes after 8 s: later than idle wires give up their places (`wire-places.ts`). */
const FIRST_FAILURE_MS = 2_000;
const FACTOR = 3;
const MAX_FAILURE_MS = 300_000;
/** After more failures in a row only a tracker's word leads to another try. */
const MAX_RETRIES = 3;
/** The oldest is forgotten first. */
const MAX_ADDRESSES = 2_000;

interface Known {
  readonly peerId: string | null;
  readonly failures: number;
  readonly notBeforeMs: number;
}

export function createDialBook(now: () => number): DialBook {
  const known = new Map<string, Known>();
  return {
    mayDial: (address) => now() >= (known.get(address)?.notBeforeMs ?? Number.NEGATIVE_INFINITY),
    peerIdOf: (address) => known.get(address)?.peerId ?? null,
    ended(address, peerId, isUseful) {
      const before = known.get(address);
      const failures = isUseful ? 0 : (before?.failures ?? 0) + 1;
      const waitMs = isUseful ? LOST_MS : Math.min(MAX_FAILURE_MS, FIRST_FAILURE_MS * FACTOR ** (failures - 1));
      known.delete(address);
      known.set(address, { peerId: peerId ?? before?.peerId ?? null, failures, notBeforeMs: now() + waitMs });
      if (known.size > MAX_ADDRESSES) known.delete(known.keys().next().value as string);
      return failures <= MAX_RETRIES ? waitMs : null;
    },
    clear: () => known.clear(),
  };
}
