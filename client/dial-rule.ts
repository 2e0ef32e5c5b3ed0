import { lookup } from "node:dns/promises";
import { type IpScope, scopeOfIp } from "../protocol/base/ip-scope.ts";

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

const RANK: Readonly<Record<IpScope, number>> = { none: -1, loopback: 0, local: 1, public: 2 };
/** A name may be given another address meanwhile. */
const GOOD_FOR_MS = 60_000;

type Lookup = (name: string) => Promise<readonly { readonly address: string }[]>;

const lookUp: Lookup = (name) => lookup(name, { all: true });

export function createDialRule(trackerUrl: string, nowMs: () => number, resolve: Lookup = lookUp): DialRule {
  const host = new URL(trackerUrl).hostname.replace(/^\[|\]$/g, "");
  const own = scopeOfIp(host);
  const isName = own === "none";
  // Until a name is known, only what anybody can reach.
  let nearest = isName ? RANK.public : RANK[own];
  let knownAtMs = Number.NEGATIVE_INFINITY;
  return {
    async refresh() {
      if (!isName || nowMs() < knownAtMs + GOOD_FOR_MS) return;
      const found = await resolve(host).catch(() => []);
      const ranks = found.map(({ address }) => RANK[scopeOfIp(address)]).filter((rank) => rank >= 0);
      if (ranks.length === 0) return;
      nearest = Math.min(...ranks);
      knownAtMs = nowMs();
    },
    allows: (address) => RANK[scopeOfIp(address)] >= nearest,
  };
}
