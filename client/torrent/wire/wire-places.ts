import type { Wire } from "webtorrent";
import { type Holder, judgeNewcomer, listOverdue, type PlaceRules } from "../../places.ts";

/**
 * The places of one paid torrent. A wire is on loan until an offer is accepted for it: wires that
 * only stay connected give their places to those that buy or sell.
 */
export interface WirePlaces {
  /** True: the wire stays, and a wire on loan was closed for it if none was free. */
  admit(wire: Wire): boolean;
  /** A wire to this host would get a place, and nobody would lose one. */
  isFreeFor(host: string): boolean;
  removed(wire: Wire): void;
  readonly count: number;
  /** Regular work: closes wires on which nothing was accepted in time, while many are open. */
  sweep(): void;
}

/** It takes a wire so long to get a lane, where the tracker was asked just before. */
const GRACE_MS = 6_000;
const LOAN_MS = 30_000;
/** Peers that are remembered, since they were accepted. The oldest is forgotten first. */
const MAX_KNOWN = 1_000;

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
  const known = new Set<string>();

  // Many may share one address. A peer id can be copied, but not from elsewhere.
  const nameOf = (wire: Wire): string => `${hostOf(wire)} ${wire.peerId}`;
  const know = (wire: Wire): void => {
    known.delete(nameOf(wire));
    known.add(nameOf(wire));
    if (known.size > MAX_KNOWN) known.delete(known.values().next().value as string);
  };
  const list = (): Holder<Wire>[] =>
    [...since]
      .filter(([wire]) => !wire.destroyed)
      .map(([wire, sinceMs]) => {
        const [host, hasOffer] = [hostOf(wire), isAccepted(wire)];
        if (hasOffer) know(wire);
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
      const newcomer = { host, isKnown: known.has(nameOf(wire)) };
      const verdict = judgeNewcomer(holders, newcomer, placeRules(maxWires()), now());
      if (verdict.type === "refuse") return false;
      if (verdict.type === "replace") drop(verdict.id);
      since.set(wire, now());
      return true;
    },
    isFreeFor: (host) => judgeNewcomer(list(), { host, isKnown: false }, placeRules(maxWires()), now()).type === "take",
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
