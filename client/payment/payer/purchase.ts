import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { ContentTerms, PaidWire } from "../../exchange.ts";
import type { PeerStore } from "../../store/peer-store.ts";
import type { PairKey } from "../../store/records.ts";
import type { GrantedLane } from "./grant.ts";
import { isPaidUp, type LaneClock, openPayerPair, type PayerPair } from "./payer-ledger.ts";
import type { DialTarget } from "./payer-links.ts";

/** One content that this peer knows, and who may sell it. */
export interface Purchasing {
  readonly terms: ContentTerms;
  bytesLeft: number;
  /** Of the last signed request, seconds since 1970. */
  requestedAt: number;
  wantedLanesAtMs: number;
  readonly wires: Map<string, PaidWire>;
  /** By payee's session key. */
  readonly purchases: Map<Address, Purchase>;
  isShortReported: boolean;
}

/** One payee of one content. */
export interface Purchase {
  pair: PayerPair;
  readonly content: Purchasing;
  /** Where the payee is, by T's newest answer. */
  granted: Omit<GrantedLane, "allotment">;
  /** The payee refused for a reason that no other lane changes. */
  isGivenUp: boolean;
  lastSentAtMs: number;
  cancelTimer: (() => void) | null;
  /** `committed`, verified bytes and signed total before this run. */
  readonly before: { readonly committed: Amount; readonly verifiedBytes: number; readonly signed: Amount };
  readonly topUpAskedAtMs: Map<number, number>;
  /** Pieces asked of this payee that are neither verified nor given back: `begunBytes` of the pair. */
  readonly begun: Set<number>;
  /** Those of them that came with a wrong hash: the payee may take its copy for right, and wait for its money. */
  readonly disputed: Set<number>;
  /** Verified, and not in the store yet. */
  readonly unsaved: number[];
  onPaidUp: (() => void)[];
}

/** The pair as the store knows it, from all sessions before. */
export function openStoredPair(store: PeerStore, infoHash: InfoHash, key: PairKey, sessionKey: Address): PayerPair {
  const isSame = (other: PairKey): boolean =>
    other.payee === key.payee && other.payeeKey === key.payeeKey && other.pricePerGiB === key.pricePerGiB;
  const record = store.listPairs(infoHash).find(isSame) ?? null;
  const lanes = store.listPayerLanes(infoHash).filter(({ allotment }) => isSame(allotment));
  return openPayerPair(key, record, lanes, sessionKey);
}

export function wiresOf(purchase: Purchase): PaidWire[] {
  return [...purchase.content.wires.values()].filter((wire) => wire.remoteKey === purchase.pair.payeeKey);
}

/** How to reach the payee of these purchases; null when nothing is to be bought there, and nothing owed. */
export function dialTargetOf(purchases: readonly Purchase[], clock: LaneClock): DialTarget | null {
  const needed = purchases.filter(
    (purchase) => !purchase.isGivenUp && (wiresOf(purchase).length > 0 || !isPaidUp(purchase.pair, clock)),
  );
  const [purchase] = needed;
  if (!purchase) return null;
  const { payeeHost, payeePort, payeePublicKey } = purchase.granted;
  const wires = needed.flatMap(wiresOf);
  // The payee wants stream and wire to come from one host, so the way of the wire is the best one.
  const addresses = [
    ...wires.map((wire) => ({ host: wire.remoteHost, port: payeePort })),
    { host: payeeHost, port: payeePort },
    ...wires.map((wire) => ({ host: wire.remoteHost, port: wire.remotePort })),
  ];
  const distinct = new Map(addresses.map((address) => [`${address.host} ${address.port}`, address]));
  return { publicKey: payeePublicKey, addresses: [...distinct.values()] };
}
