import type { Address } from "../../../protocol/base/ids.ts";
import { MAX_MET, MAX_TOP_UP } from "../../../protocol/wire/announce.ts";
import type { PaymentContext } from "../context.ts";
import { signAllotmentRequest } from "./allotment-request.ts";
import { laneToTopUp, owes } from "./payer-ledger.ts";
import { hasLane, type LaneClock } from "./payer-pair.ts";
import { type PayerContent, type Purchase, wiresOf } from "./purchase.ts";

/**
 * Which lanes a payer asks the authority for, and when: for payees that it has met and cannot pay,
 * and after lanes that are used up or end.
 */
export interface LaneRequests {
  /** Payees of this content lack lanes: announces, at most once in WANT_LANES_MS. */
  want(content: PayerContent): void;
  /** As `want`, once for each lane that needs a successor. */
  topUp(purchase: Purchase): void;
  /** The answer named lanes, and did not say that the authority will hear the rest later. */
  answered(content: PayerContent): void;
  /** The authority was not asked, since it was asked just now: asks again soon, a few times. */
  postponed(content: PayerContent): void;
  /** Payees whose wires offer what we lack, and that no lane of ours pays. */
  listMet(content: PayerContent): Address[];
  /** The signed request, as fields of an announce. */
  announceFields(content: PayerContent): Record<string, string>;
}

/** A request for lanes is repeated after this long. */
const WANT_LANES_MS = 5_000;
/**
 * After so long where the answer was RATE: the tracker asks for a session every 500 ms. If it says
 * so again and again, the reason is another.
 */
const POSTPONED_MS = 500;
const MAX_POSTPONED = 3;

/** `asking`: hears of each announce before it. */
export function createLaneRequests(
  context: PaymentContext,
  laneClock: () => LaneClock,
  asking: (content: PayerContent) => void,
): LaneRequests {
  const { identity, separator, clock, torrent, nowMs, setTimer } = context;

  const listMet = (content: PayerContent): Address[] => {
    const useful = [...content.wires.values()].filter((wire) => wire.isUseful());
    const keys = new Set(useful.map(({ remoteKey }) => remoteKey));
    return [...keys].filter((key) => {
      const purchase = content.purchases.get(key);
      return !purchase || (!purchase.isGivenUp && !hasLane(purchase.pair, laneClock()));
    });
  };

  const isWanting = (purchase: Purchase): boolean =>
    !purchase.isGivenUp && (purchase.content.bytesLeft > 0 ? wiresOf(purchase).length > 0 : owes(purchase.pair));

  const requests: LaneRequests = {
    want(content) {
      if (nowMs() < content.wantedLanesAtMs + WANT_LANES_MS) return;
      content.wantedLanesAtMs = nowMs();
      asking(content);
      torrent.reannounce(content.terms.infoHash);
    },

    topUp(purchase) {
      if (!isWanting(purchase)) return;
      const lane = laneToTopUp(purchase.pair, laneClock());
      if (lane === null) return;
      const askedAtMs = purchase.topUpAskedAtMs.get(lane) ?? Number.NEGATIVE_INFINITY;
      if (nowMs() < askedAtMs + WANT_LANES_MS) return;
      purchase.topUpAskedAtMs.set(lane, nowMs());
      asking(purchase.content);
      torrent.reannounce(purchase.content.terms.infoHash);
    },

    answered(content) {
      content.postponed = 0;
    },

    postponed(content) {
      if (content.postponed === MAX_POSTPONED) return;
      content.postponed++;
      content.wantedLanesAtMs = Number.NEGATIVE_INFINITY;
      for (const purchase of content.purchases.values()) purchase.topUpAskedAtMs.clear();
      setTimer(() => {
        for (const purchase of content.purchases.values()) requests.topUp(purchase);
        if (content.bytesLeft > 0 && listMet(content).length > 0) requests.want(content);
      }, POSTPONED_MS);
    },

    listMet,

    announceFields(content) {
      const topUp = [...content.purchases.values()]
        .filter(isWanting)
        .flatMap(({ pair }) => laneToTopUp(pair, laneClock()) ?? [])
        .toSorted((a, b) => a - b)
        .slice(0, MAX_TOP_UP);
      // Each request must be later than the last one, and announces may be less than a second
      // apart.
      content.requestedAt = Math.max(clock.now(), content.requestedAt + 1);
      const { account, sessionKey, privateKey } = identity;
      const { bytesLeft, requestedAt, terms } = content;
      const met = listMet(content).slice(0, MAX_MET);
      return signAllotmentRequest(
        separator,
        { account, sessionKey, infoHash: terms.infoHash, bytesLeft, topUp, met, requestedAt },
        privateKey,
      );
    },
  };
  return requests;
}
