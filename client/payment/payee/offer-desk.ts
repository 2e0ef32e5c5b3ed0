import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { type InfoHash, parseAddress } from "../../../protocol/base/ids.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { PayerMessage, RefuseReason } from "../../../protocol/wire/voucher-stream.ts";
import type { ContentTerms, PaidWire } from "../../exchange.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { PaymentContext } from "../context.ts";
import type { Standings } from "../standing/standings.ts";
import type { VoucherStream } from "../voucher-node.ts";
import { createEarlyOffers } from "./early-offers.ts";
import type { PayeeWires } from "./payee-wires.ts";
import type { Sale, Sales } from "./sales.ts";
import { judgeOffer } from "./voucher-policy.ts";

/** Judges offers of lanes; refuses them, or stores what is new and accepts. */
export interface OfferDesk {
  take(stream: VoucherStream, offer: Offer): void;
  /** A wire with this token (hex) is open: an offer may have overtaken it. */
  wireOpened(token: string): void;
  stop(): void;
}

type Offer = Extract<PayerMessage, { type: "offer" }>;

export function createOfferDesk(
  context: PaymentContext,
  options: {
    readonly standings: Standings;
    readonly sales: Sales;
    readonly wires: PayeeWires;
    readonly contents: ReadonlyMap<InfoHash, ContentTerms>;
    readonly nowMs: () => number;
    readonly accept: (sale: Sale, stream: VoucherStream, lane: PayeeLaneRecord, wire: PaidWire | null) => void;
  },
): OfferDesk {
  const { identity, network, separator, store, clock } = context;
  const { standings, sales, wires, contents, accept } = options;
  const { acceptMarginSec, allotmentPeriodSec } = network.info;
  const allotters = network.info.allotters.map(parseAddress);
  const earlyOffers = createEarlyOffers(context.setTimer);

  const open = (allotment: SignedAllotment, terms: ContentTerms): Sale => {
    const { payer, sessionKey, infoHash } = allotment;
    const known = sales.find(sessionKey, infoHash);
    if (known) return known;
    const lanes = store.listPayeeLanes(sessionKey, infoHash);
    const { defaults } = standings.find(payer);
    return sales.open(allotment, terms, { lanes, defaults }, options.nowMs());
  };

  const judge = (stream: VoucherStream, offer: Offer, isLate: boolean): void => {
    const { allotment, wireToken } = offer;
    const token = bytesToHex(wireToken);
    const found = wires.byToken(token);
    const isEarly = !found && !isLate && wireToken.some((byte) => byte !== 0);
    if (isEarly && earlyOffers.park(token, allotment.lane, () => judge(stream, offer, true))) return;
    const wire = found?.remoteKey === stream.remoteKey ? found : null;
    const terms = contents.get(allotment.infoHash);
    const record = terms ? store.findPayeeLane(allotment.payer, allotment.lane) : null;
    const reason = judgeOffer(allotment, {
      separator,
      allotters,
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
      priceFloor: terms?.pricePerGiB ?? 0n,
      now: clock.now(),
      acceptMarginSec,
      allotmentPeriodSec,
      isBanned: standings.isBanned(allotment.payer),
      isClosed: record?.isClosed ?? false,
    });
    // Either T says whose key this is, or its owner names a banned account, which closes its own wires.
    if (reason === null || reason === "BANNED") standings.learn(allotment.sessionKey, allotment.payer);
    const refuse = (why: RefuseReason): void => stream.send({ type: "refuse", lane: allotment.lane, reason: why });
    if (reason !== null || !terms) {
      refuse(reason ?? "WRONG_CONTENT");
      return;
    }
    const sale = open(allotment, terms);
    const mismatch = mismatchOf(sale, allotment);
    if (mismatch) {
      refuse(mismatch);
      return;
    }
    if (record) {
      // What is on its way to the store is newer than what was read.
      accept(sale, stream, sale.lanes.get(allotment.lane) ?? record, wire);
      return;
    }
    const lane: PayeeLaneRecord = {
      allotment,
      amount: 0n,
      signature: null,
      isClosed: false,
      receipt: null,
      isFinal: false,
      pushRefusal: null,
    };
    // Offered twice at once: the first may have been paid on already.
    const taken = (): void => accept(sale, stream, sale.lanes.get(allotment.lane) ?? lane, wire);
    store.saveAccepted(allotment).then(taken, context.onFatal);
  };

  return {
    take: (stream, offer) => judge(stream, offer, false),
    wireOpened: (token) => earlyOffers.opened(token),
    stop: () => earlyOffers.stop(),
  };
}

/** Why the lane cannot join what its session has here already, or null. */
function mismatchOf({ ledger }: Sale, allotment: SignedAllotment): RefuseReason | null {
  // Lane numbers are one account's: those of two would be mixed up.
  if (ledger.account !== allotment.payer) return "WRONG_SESSION_KEY";
  // One running total has one price.
  return ledger.pricePerGiB === allotment.pricePerGiB ? null : "PRICE_TOO_LOW";
}
