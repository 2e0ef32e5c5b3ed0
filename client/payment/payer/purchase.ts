import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { SplitPrice } from "../../../protocol/base/publisher-share.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { RefuseReason } from "../../../protocol/wire/voucher-stream.ts";
import type { ContentTerms, PaidWire } from "../../exchange.ts";
import type { PayerStore } from "../../store/payer-store.ts";
import type { PairKey } from "../../store/records.ts";
import type { Grant, GrantedLane } from "./grant.ts";
import { committed, isPaidUp, releasePiece } from "./payer-ledger.ts";
import type { DialTarget } from "./payer-links.ts";
import { addLane, type LaneClock, openPayerPair, type PayerPair, signedTotal } from "./payer-pair.ts";

/** One content that this peer knows, and the payees that may sell it. */
export interface PayerContent {
  readonly terms: ContentTerms;
  /** What of its price the sellers get, and what its publisher. */
  readonly price: SplitPrice;
  bytesLeft: number;
  /** Of the last signed request, seconds since 1970. */
  requestedAt: number;
  wantedLanesAtMs: number;
  /** How often in a row the authority was not asked for its lanes. */
  postponed: number;
  readonly wires: Map<string, PaidWire>;
  /** By payee's session key. */
  readonly purchases: Map<Address, Purchase>;
  isShortReported: boolean;
  /** Why the authority gave no more lanes in its last answer. */
  shortage: Grant["shortage"];
}

/** One payee of one content. */
export interface Purchase {
  pair: PayerPair;
  readonly content: PayerContent;
  /** Where the payee is, by the authority's newest answer. */
  granted: Omit<GrantedLane, "allotment">;
  /**
   * Nothing more is bought here: the payee is banned, or refused for a reason that no other lane
   * changes.
   */
  isGivenUp: boolean;
  /** Why, if the payee has said so. */
  refusal: Refusal | null;
  /** It has lanes and no wire: it is asked without one whether it sells. */
  isAsking: boolean;
  askedAtMs: number;
  lastSentAtMs: number;
  cancelTimer: (() => void) | null;
  /** `committed`, verified bytes and signed total before this run. */
  readonly before: { readonly committed: Amount; readonly verifiedBytes: number; readonly signed: Amount };
  readonly topUpAskedAtMs: Map<number, number>;
  /**
   * Pieces asked of this payee that are neither verified nor given back: `begunBytes` of the pair.
   */
  readonly begun: Set<number>;
  /**
   * Those of `begun` that came with a wrong hash. The payee may still take its copy for right, and
   * wait for its money.
   */
  readonly disputed: Set<number>;
  /** Verified, and not in the store yet. */
  readonly unsaved: number[];
  onPaidUp: (() => void)[];
}

export interface Refusal {
  readonly reason: RefuseReason;
  /** When a ban ends, seconds since 1970, chain time; null: it does not, or nobody knows. */
  readonly until: number | null;
}

/** What is owed can be paid there: a payee that has banned this account takes its money, too. */
export function mayPay({ isGivenUp, refusal }: Purchase): boolean {
  return !isGivenUp || refusal?.reason === "BANNED" || refusal?.reason === "SENT_TOO_OFTEN";
}

/**
 * The first lane of this payee on this content in this run. What the store has of the pair still
 * counts.
 */
export function openPurchase(
  store: Pick<PayerStore, "listPairs" | "listPayerLanes">,
  content: PayerContent,
  { allotment, ...granted }: GrantedLane,
  isGivenUp: boolean,
): Purchase {
  const { payee, payeeKey, infoHash, pricePerGiB, sessionKey } = allotment;
  const stored = openStoredPair(store, infoHash, { payee, payeeKey, infoHash, pricePerGiB }, sessionKey);
  const pair = addLane(stored, allotment);
  return {
    pair,
    content,
    granted,
    isGivenUp,
    refusal: null,
    isAsking: false,
    askedAtMs: Number.NEGATIVE_INFINITY,
    lastSentAtMs: Number.NEGATIVE_INFINITY,
    cancelTimer: null,
    before: { committed: committed(pair), verifiedBytes: pair.verifiedBytes, signed: signedTotal(pair) },
    topUpAskedAtMs: new Map(),
    begun: new Set(),
    disputed: new Set(),
    unsaved: [],
    onPaidUp: [],
  };
}

/** The pair as the store knows it, from all earlier sessions. */
function openStoredPair(
  store: Pick<PayerStore, "listPairs" | "listPayerLanes">,
  infoHash: InfoHash,
  key: PairKey,
  sessionKey: Address,
): PayerPair {
  const isSame = (other: PairKey): boolean =>
    other.payee === key.payee && other.payeeKey === key.payeeKey && other.pricePerGiB === key.pricePerGiB;
  const record = store.listPairs(infoHash).find(isSame) ?? null;
  const lanes = store.listPayerLanes(infoHash).filter(({ allotment }) => isSame(allotment));
  return openPayerPair(key, record, lanes, sessionKey);
}

/** A begun piece is no longer asked of this payee: nothing is owed for it. */
export function giveBack(purchase: Purchase, piece: number): void {
  if (!purchase.begun.delete(piece)) return;
  purchase.pair = releasePiece(purchase.pair, purchase.content.terms.lengthOf(piece));
}

export function wiresOf(purchase: Purchase): PaidWire[] {
  return [...purchase.content.wires.values()].filter((wire) => wire.remoteKey === purchase.pair.payeeKey);
}

/** More may be asked of this payee than before. */
export function wake(purchase: Purchase): void {
  for (const wire of wiresOf(purchase)) wire.wake();
}

/**
 * How to reach the payee of these purchases; null when nothing is to be bought there, and nothing
 * owed.
 */
export function dialTargetOf(purchases: readonly Purchase[], clock: LaneClock): DialTarget | null {
  const needed = purchases.filter((purchase) => {
    const isBuying = !purchase.isGivenUp && (purchase.isAsking || wiresOf(purchase).length > 0);
    return isBuying || (mayPay(purchase) && !isPaidUp(purchase.pair, clock));
  });
  const [purchase] = needed;
  if (!purchase) return null;
  const { payeeHost, payeePort, payeePublicKey } = purchase.granted;
  const wires = needed.flatMap(wiresOf);
  // The payee wants stream and wire to come from one host, so the wire's own way is the best one.
  const addresses = [
    ...wires.map((wire) => ({ host: wire.remoteHost, port: payeePort })),
    { host: payeeHost, port: payeePort },
    ...wires.map((wire) => ({ host: wire.remoteHost, port: wire.remotePort })),
  ];
  const distinct = new Map(addresses.map((address) => [`${address.host} ${address.port}`, address]));
  return { publicKey: payeePublicKey, addresses: [...distinct.values()] };
}
