import type { Address } from "../../protocol/base/ids.ts";
import type { Clock } from "../chain/clock.ts";

/**
 * Which sessions have a running peer. A running peer asks the authority for something at least
 * every push interval. Not stored.
 */
export interface Presence {
  saw(sessionKey: Address): void;
  isOnline(sessionKey: Address): boolean;
}

/** Push intervals that a running peer may miss. */
const MISSED = 3;

export function createPresence(clock: Clock, pushIntervalSec: number): Presence {
  const lifetimeSec = MISSED * pushIntervalSec;
  const seenAt = new Map<Address, number>();
  let sweptAt = clock.now();
  // Peers that ran before the authority started have had no time to ask yet.
  const startedAt = clock.now();

  const sweep = (now: number): void => {
    if (now < sweptAt + 60) return;
    sweptAt = now;
    for (const [key, at] of seenAt) if (now > at + lifetimeSec) seenAt.delete(key);
  };
  return {
    saw(sessionKey) {
      sweep(clock.now());
      seenAt.set(sessionKey, clock.now());
    },
    isOnline: (sessionKey) => clock.now() <= (seenAt.get(sessionKey) ?? startedAt) + lifetimeSec,
  };
}
