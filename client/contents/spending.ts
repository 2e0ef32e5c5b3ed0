import type { InfoHash } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { Spending } from "../payment/context.ts";
import type { PeerStore } from "../store/peer-store.ts";
import { capOf, readContentSettings, readPeerSettings } from "./settings.ts";

/** What the home had promised before this run, and the caps that its owner has set. */
export function spendingOf(store: PeerStore, today = utcToday): Spending {
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
    caps: createCaps(store),
  };
}

/** Read when they change only: they are asked for with every piece. */
function createCaps(store: PeerStore): Spending["caps"] {
  return readAnew(store, () => readCaps(store));
}

/** As a seller. */
export function minPriceOf(store: PeerStore): () => Amount {
  return readAnew(store, () => capOf(readPeerSettings(store).minPrice) ?? 0n);
}

function readAnew<T>(store: PeerStore, read: () => T): () => T {
  let known: { readonly value: T } | null = null;
  store.onSettings(() => {
    known = null;
  });
  return () => {
    known ??= { value: read() };
    return known.value;
  };
}

function readCaps(store: PeerStore): ReturnType<Spending["caps"]> {
  const { maxSpend, maxSpendPerDay } = readPeerSettings(store);
  const contents = new Map(
    store.listContents().map(({ infoHash, settings }) => [infoHash, capOf(readContentSettings(settings).maxSpend)]),
  );
  return {
    total: capOf(maxSpend),
    perDay: capOf(maxSpendPerDay),
    ofContent: (infoHash) => contents.get(infoHash) ?? null,
  };
}

function utcToday(): string {
  return new Date().toISOString().slice(0, 10);
}
