import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { splitPrice } from "../../../protocol/base/publisher-share.ts";
import { max } from "../../../protocol/base/units.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { PayerMessage, RefuseReason } from "../../../protocol/wire/voucher-stream.ts";
import type { ContentTerms, PaidWire } from "../../exchange.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { VoucherStream } from "../voucher-node.ts";
import { createEarlyOffers, type EarlyOffers } from "./early-offers.ts";
import { attachStream } from "./lanes.ts";
import { createOfferBudget, type OfferBudget } from "./offer-budget.ts";
import { debtBytes } from "./payee-ledger.ts";
import type { PayeeState } from "./payee-state.ts";
import type { Sale } from "./sales.ts";
import { judgeOffer, judgeOfferItself } from "./voucher-policy.ts";

type Offer = Extract<PayerMessage, { type: "offer" }>;
/** `wire`: the one that the offer names, or null. */
type Accept = (sale: Sale, stream: VoucherStream, lane: PayeeLaneRecord, wire: PaidWire | null) => void;

/**
 * Judges offers of lanes. A good one is stored when it is new, then accepted; any other is refused.
 */
export class Offers {
  readonly #state: PayeeState;
  readonly #accept: Accept;
  readonly #early: EarlyOffers;
  readonly #budget: OfferBudget;
  #isStopped = false;

  constructor(state: PayeeState, accept: Accept) {
    this.#state = state;
    this.#accept = accept;
    this.#early = createEarlyOffers(state.context.setTimer);
    this.#budget = createOfferBudget(state.context.nowMs);
  }

  /** An offer that has overtaken the handshake of its wire waits for it. */
  take(stream: VoucherStream, offer: Offer): void {
    const { context, wires } = this.#state;
    if (!this.#budget.take(stream)) return;
    const { account, sessionKey } = context.identity;
    const { allotmentPeriodSec } = context.network.info;
    const { remoteKey } = stream;
    const itself = { account, sessionKey, remoteKey, now: context.clock.now(), allotmentPeriodSec };
    const reason = judgeOfferItself(offer.allotment, itself);
    if (reason !== null) {
      this.#refuse(stream, offer.allotment, reason);
      return;
    }
    const token = bytesToHex(offer.wireToken);
    const isEarly =
      !wires.byToken(token) &&
      offer.wireToken.some((byte) => byte !== 0) &&
      // No wire of a banned account opens.
      !this.#state.standings.isBanned(offer.allotment.payer);
    const judge = (): void => this.#judge(stream, offer, { token, isAgain: false });
    if (!isEarly || !this.#early.park(stream, token, offer.allotment.lane, judge)) judge();
  }

  /** A wire with this token (hex) is open. */
  wireOpened(token: string): void {
    this.#early.opened(token);
  }

  stop(): void {
    this.#isStopped = true;
    this.#early.stop();
  }

  /** `isAgain`: the authority was asked for its keys. */
  #judge(stream: VoucherStream, offer: Offer, { token, isAgain }: { token: string; isAgain: boolean }): void {
    if (this.#isStopped) return;
    const { context, contents, standings, allotters, wires } = this.#state;
    const { allotment } = offer;
    const named = wires.byToken(token);
    const { payer, lane: number, sessionKey } = allotment;
    // Read now: what follows a write may run when the store is closed.
    const bannedUntil = standings.isBanned(payer) ? standings.find(payer).bannedUntil : null;
    const isBanned = bannedUntil !== null;
    const wire = named?.remoteKey === stream.remoteKey && !isBanned ? named : null;
    const terms = contents.get(allotment.infoHash);
    const record = terms ? context.store.findPayeeLane(payer, number) : null;
    const reason = this.#reasonAgainst(allotment, stream, wire, terms, record, isBanned);
    // Either the authority says whose key this is, or its owner names a banned account, which
    // closes its own wires.
    if (reason === null || reason === "BANNED") standings.learn(sessionKey, payer);
    // Its last voucher may have been lost with the stream that was there before.
    if (reason === "LANE_CLOSED" && terms && record?.allotment.sessionKey === stream.remoteKey)
      attachStream(this.#state, this.#open(record.allotment, terms), stream);
    // The authority may have a new key since.
    if (reason === "SIGNATURE_INVALID" && !isAgain) {
      const judgeAgain = (): void => this.#judge(stream, offer, { token, isAgain: true });
      allotters.refresh().then(judgeAgain).catch(context.onFatal);
      return;
    }
    if (reason !== null || !terms) {
      this.#refuse(stream, allotment, reason ?? "WRONG_CONTENT", bannedUntil);
      return;
    }
    const sale = this.#open(allotment, terms);
    const mismatch = mismatchOf(sale, allotment);
    if (mismatch) {
      this.#refuse(stream, allotment, mismatch);
      return;
    }
    // What is on its way to the store is newer than what was read. Offered twice at once, the first
    // offer may have been paid on already.
    const accept = (lane: PayeeLaneRecord): void => {
      this.#accept(sale, stream, sale.lanes.get(allotment.lane) ?? lane, wire);
      // The lane is good for paying only.
      if (isBanned) this.#refuse(stream, allotment, "BANNED", bannedUntil);
    };
    if (record) accept(record);
    else
      context.store
        .saveAccepted(allotment)
        .then(() => accept(newLane(allotment)))
        .catch(context.onFatal);
  }

  #refuse(
    stream: VoucherStream,
    { lane }: SignedAllotment,
    reason: RefuseReason,
    bannedUntil: number | null = null,
  ): void {
    const until = reason === "BANNED" && bannedUntil !== null ? { until: bannedUntil } : {};
    stream.send({ type: "refuse", lane, reason, ...until });
    this.#budget.refused(stream, reason);
  }

  #reasonAgainst(
    allotment: SignedAllotment,
    stream: VoucherStream,
    wire: PaidWire | null,
    terms: ContentTerms | undefined,
    record: PayeeLaneRecord | null,
    isBanned: boolean,
  ): RefuseReason | null {
    const { context, sales, wires } = this.#state;
    const sale = sales.find(allotment.sessionKey, allotment.infoHash);
    const { identity, separator, clock } = context;
    const { acceptMarginSec, allotmentPeriodSec } = context.network.info;
    return judgeOffer(allotment, {
      separator,
      isAllotter: this.#state.allotters.has,
      account: identity.account,
      sessionKey: identity.sessionKey,
      remoteKey: stream.remoteKey,
      isKnown: record !== null,
      wire: wire && {
        infoHash: wire.infoHash,
        remoteHost: wire.remoteHost,
        isTaken: (wires.saleOf(wire.wireId)?.stream ?? stream) !== stream,
      },
      remoteHost: stream.remoteHost,
      priceFloor: max(terms ? splitPrice(terms.pricePerGiB, terms.sharePercent).seller : 0n, context.minPrice()),
      now: clock.now(),
      acceptMarginSec,
      allotmentPeriodSec,
      isBanned,
      isOwing: sale !== undefined && debtBytes(sale.ledger) > 0,
      isClosed: record?.isClosed ?? false,
    });
  }

  #open(allotment: SignedAllotment, terms: ContentTerms): Sale {
    const { context, sales, standings, nowMs } = this.#state;
    const { payer, sessionKey, infoHash } = allotment;
    const known = sales.find(sessionKey, infoHash);
    if (known) return known;
    const lanes = context.store.listPayeeLanes(sessionKey, infoHash);
    const { defaults } = standings.find(payer);
    return sales.open(allotment, terms, { lanes, defaults }, nowMs());
  }
}

function newLane(allotment: SignedAllotment): PayeeLaneRecord {
  return {
    allotment,
    amount: 0n,
    signature: null,
    isClosed: false,
    receipt: null,
    isFinal: false,
    pushRefusal: null,
  };
}

/** Why the lane cannot join what its session already has here, or null. */
function mismatchOf({ ledger }: Sale, allotment: SignedAllotment): RefuseReason | null {
  // Lane numbers belong to one account: those of two would be mixed up.
  if (ledger.account !== allotment.payer) return "WRONG_SESSION_KEY";
  // One running total has one price.
  return ledger.pricePerGiB === allotment.pricePerGiB ? null : "PRICE_TOO_LOW";
}
