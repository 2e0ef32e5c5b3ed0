import { limitsAt } from "../contents/schedule.ts";
import { readPeerSettings } from "../contents/settings.ts";
import type { PeerRun } from "../run-peer.ts";
import type { TransferLimits } from "../torrent/content/content-limits.ts";
import type { LimitedPeer } from "./all-peers.ts";

export interface KeptLimits {
  /** Something was set anew, or a minute may have begun. */
  apply(): void;
  stop(): void;
}

/** A minute begins at most so long before its limits hold. */
const LOOK_MS = 5_000;

/**
 * Keeps a peer to its limits and their schedule. `startUp`: of this run, instead of the upload
 * limit that is set; null: none. `minute`: of the day, by the peer's own clock.
 */
export function keepLimits(
  { peer, store }: Pick<PeerRun, "store"> & { readonly peer: LimitedPeer },
  startUp: number | null,
  minute: () => number,
  setTimer: (run: () => void, ms: number) => () => void,
): KeptLimits {
  let settings = readPeerSettings(store);
  let isStart = true;
  let applied: TransferLimits | null = null;
  let cancel = (): void => undefined;
  const now = (): TransferLimits => {
    const limits = limitsAt(settings, minute());
    return isStart && startUp !== null ? { ...limits, up: startUp } : limits;
  };
  const set = (): void => {
    const limits = now();
    peer.setMaxWires(settings.maxWires);
    // To set a limit again gives each wire a fresh measure of it.
    if (applied?.up !== limits.up || applied.down !== limits.down) peer.setLimits(limits);
    applied = limits;
  };
  const look = (): void => {
    set();
    cancel = setTimer(look, LOOK_MS);
  };
  look();
  return {
    apply() {
      isStart = false;
      settings = readPeerSettings(store);
      set();
    },
    stop: () => cancel(),
  };
}

/** By the machine's time zone. */
export function minuteOfDay(date = new Date()): number {
  return 60 * date.getHours() + date.getMinutes();
}
