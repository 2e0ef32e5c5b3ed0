import { lookup } from "node:dns/promises";
import { FARNESS, farnessOfIp } from "../protocol/base/ip-scope.ts";

/**
 * Which addresses of others this peer connects to (docs/protocol.md 6.4). The tracker names them,
 * and whoever can make it name one must not make this peer knock at its own machine or network: no
 * address is dialed that is nearer than the tracker itself. Names are never looked up.
 */
export interface DialRule {
  /** Finds out where the tracker is, if its URL has a name. Rejects never. */
  refresh(): Promise<void>;
  /** `host`: an IP address; false for anything else. */
  allows(host: string): boolean;
}

/** A name may be given another address meanwhile. */
const GOOD_FOR_MS = 60_000;

type Lookup = (name: string) => Promise<readonly { readonly address: string }[]>;

const lookUp: Lookup = (name) => lookup(name, { all: true });

export function createDialRule(trackerUrl: string, nowMs: () => number, resolve: Lookup = lookUp): DialRule {
  const host = new URL(trackerUrl).hostname.replace(/^\[|\]$/g, "");
  const own = farnessOfIp(host);
  const isName = own < 0;
  // Until a name is known, only what anybody can reach.
  let nearest: number = isName ? FARNESS.public : own;
  let knownAtMs = Number.NEGATIVE_INFINITY;
  return {
    async refresh() {
      if (!isName || nowMs() < knownAtMs + GOOD_FOR_MS) return;
      const found = await resolve(host).catch(() => []);
      const known = found.map(({ address }) => farnessOfIp(address)).filter((farness) => farness >= 0);
      if (known.length === 0) return;
      nearest = Math.min(...known);
      knownAtMs = nowMs();
    },
    allows: (address) => farnessOfIp(address) >= nearest,
  };
}
