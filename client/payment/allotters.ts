import { FloodgateError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";

/** The authority's keys, as it names them now: it may change them while this peer runs. */
export interface Allotters {
  has(key: Address): boolean;
  /**
   * Asks the authority, unless it was asked just now. Resolves when the answer counts, and also
   * when there is none.
   */
  refresh(): Promise<void>;
}

/** Strangers who sign with keys of their own cause no more questions than this. */
const PAUSE_MS = 10_000;
/** A key that the authority has retired counts no longer than this. */
const STALE_MS = 60_000;

/** `known`: as the authority has just named them. */
export function createAllotters({
  known,
  ask,
  nowMs,
}: {
  readonly known: readonly Address[];
  readonly ask: () => Promise<readonly Address[]>;
  /** Monotonic. */
  readonly nowMs: () => number;
}): Allotters {
  let keys = new Set(known);
  let knownAt = nowMs();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  const askNow = async (): Promise<void> => {
    askedAt = nowMs();
    try {
      keys = new Set(await ask());
      knownAt = nowMs();
    } catch (error) {
      // What was known counts until the authority answers.
      if (!(error instanceof FloodgateError)) throw error;
    } finally {
      asking = null;
    }
  };
  const refresh = (): Promise<void> => {
    if (asking === null && nowMs() < askedAt + PAUSE_MS) return Promise.resolve();
    asking ??= askNow();
    return asking;
  };
  return {
    has(key) {
      if (nowMs() >= knownAt + STALE_MS) void refresh();
      return keys.has(key);
    },
    refresh,
  };
}
