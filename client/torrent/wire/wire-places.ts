import type { Wire } from "webtorrent";
import { type Holder, judgeNewcomer, listOverdue, type PlaceRules } from "../../places.ts";

/**
 * The places of one paid torrent. A wire is on loan until an offer is accepted for it: wires that
 * only stay connected give their places to those that buy or sell.
 */
export interface WirePlaces {
  /** True: the wire stays, and a wire on loan was closed for it if none was free. */
  admit(wire: Wire): boolean;
  removed(wire: Wire): void;
  readonly count: number;
  /** Regular work: closes wires on which nothing was accepted in time, while many are open. */
  sweep(): void;
}

const GRACE_MS = 2_000;
const LOAN_MS = 30_000;
/** Hosts that are remembered for wires which were accepted. The oldest is forgotten first. */
const MAX_KNOWN_HOSTS = 1_000;

function placeRules(maxWires: number): PlaceRules {
  return {
    most: maxWires,
    mostOnLoan: Math.ceil(maxWires / 2),
    reserved: Math.floor(maxWires / 8),
    graceMs: GRACE_MS,
    loanMs: LOAN_MS,
  };
}

export function createWirePlaces(options: {
  /** As many as there may be now. */
  readonly maxWires: () => number;
  readonly isAccepted: (wire: Wire) => boolean;
  readonly hostOf: (wire: Wire) => string;
  readonly close: (wire: Wire) => void;
  readonly now: () => number;
}): WirePlaces {
  const { maxWires, isAccepted, hostOf, close, now } = options;
  const since = new Map<Wire, number>();
  const knownHosts = new Set<string>();

  const know = (host: string): void => {
    knownHosts.delete(host);
    knownHosts.add(host);
    if (knownHosts.size > MAX_KNOWN_HOSTS) knownHosts.delete(knownHosts.values().next().value as string);
  };
  const list = (): Holder<Wire>[] =>
    [...since]
      .filter(([wire]) => !wire.destroyed)
      .map(([wire, sinceMs]) => {
        const [host, hasOffer] = [hostOf(wire), isAccepted(wire)];
        if (hasOffer) know(host);
        // We dialled it for what it offers: nobody else decides when it goes.
        const isOurs = wire.type.endsWith("Outgoing") && wire.amInterested;
        return { id: wire, host, sinceMs, isAccepted: hasOffer || isOurs };
      });
  const drop = (wire: Wire): void => {
    since.delete(wire);
    close(wire);
  };

  return {
    admit(wire) {
      const host = hostOf(wire);
      const holders = list();
      const newcomer = { host, isKnown: knownHosts.has(host) };
      const verdict = judgeNewcomer(holders, newcomer, placeRules(maxWires()), now());
      if (verdict.type === "refuse") return false;
      if (verdict.type === "replace") drop(verdict.id);
      since.set(wire, now());
      return true;
    },
    removed: (wire) => void since.delete(wire),
    get count() {
      return since.size;
    },
    sweep() {
      const holders = list();
      const most = maxWires();
      if (2 * holders.length < most) return;
      for (const wire of listOverdue(holders, placeRules(most), now())) drop(wire);
    },
  };
}
