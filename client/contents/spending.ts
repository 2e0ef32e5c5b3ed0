import type { InfoHash } from "../../protocol/base/ids.ts";
import { type Amount, min } from "../../protocol/base/units.ts";
import type { Spending } from "../payment/context.ts";
import type { PeerStore } from "../store/peer-store.ts";
import { type CacheTerms, cacheBooks, cacheCap } from "./cache-terms.ts";
import { cacheTermsOf, capOf, readContentSettings, readPeerSettings } from "./settings.ts";

/**
 * What the home had promised before this run, and the caps that its owner has set. `feeBps`: what a
 * cache earns less, of 10,000.
 */
export function spendingOf(store: PeerStore, feeBps: number, today = utcToday): Spending {
  return { ...spentBefore(store, today), caps: readAnew(store, () => readCaps(store, feeBps)) };
}

/** The same where one content is cached, and no other caps are set. */
export function cacheSpendingOf(store: PeerStore, terms: CacheTerms, feeBps: number): Spending {
  const ofContent = (infoHash: InfoHash): Amount => cacheCapOf(store, infoHash, terms, feeBps);
  return { ...spentBefore(store, utcToday), caps: () => ({ total: null, perDay: null, ofContent }) };
}

/** What came back grows, and the cap with it. */
function cacheCapOf(store: PeerStore, infoHash: InfoHash, terms: CacheTerms, feeBps: number): Amount {
  return cacheCap(cacheBooks(store.writtenMoneyOf(infoHash), terms, feeBps), terms.budget);
}

function spentBefore(store: PeerStore, today: () => string): Pick<Spending, "today" | "before"> {
  const ofContents = new Map<InfoHash, Amount>();
  let total = 0n;
  let spentToday = 0n;
  const day = today();
  for (const { infoHash, paid, day: its } of store.listMoney()) {
    total += paid;
    if (its === day) spentToday += paid;
    ofContents.set(infoHash, (ofContents.get(infoHash) ?? 0n) + paid);
  }
  return {
    today,
    before: { day, today: spentToday, total, ofContent: (infoHash) => ofContents.get(infoHash) ?? 0n },
  };
}

/** As a seller. */
export function minPriceOf(store: PeerStore): () => Amount {
  return readAnew(store, () => capOf(readPeerSettings(store).minPrice) ?? 0n);
}

/** Read when they change only: they are asked for with every piece. */
export function readAnew<T>(store: Pick<PeerStore, "onSettings">, read: () => T): () => T {
  let known: { readonly value: T } | null = null;
  store.onSettings(() => {
    known = null;
  });
  return () => {
    known ??= { value: read() };
    return known.value;
  };
}

function readCaps(store: PeerStore, feeBps: number): ReturnType<Spending["caps"]> {
  const { maxSpend, maxSpendPerDay } = readPeerSettings(store);
  const contents = new Map(
    store.listContents().map(({ infoHash, settings }) => [infoHash, readContentSettings(settings)]),
  );
  return {
    total: capOf(maxSpend),
    perDay: capOf(maxSpendPerDay),
    ofContent(infoHash) {
      const settings = contents.get(infoHash);
      if (!settings) return null;
      const [cap, terms] = [capOf(settings.maxSpend), cacheTermsOf(settings)];
      if (terms === null) return cap;
      const ofCache = cacheCapOf(store, infoHash, terms, feeBps);
      return cap === null ? ofCache : min(cap, ofCache);
    },
  };
}

function utcToday(): string {
  return new Date().toISOString().slice(0, 10);
}
