import { WIRE_TOKEN_BYTES } from "../../../protocol/base/constants.ts";
import type { PaidWire } from "../../exchange.ts";
import { owes } from "./payer-ledger.ts";
import { listLanesToOffer, listOpenLanes, type PayerLane } from "./payer-pair.ts";
import type { PayerState } from "./payer-state.ts";
import { mayPay, type Purchase, wiresOf } from "./purchase.ts";

type Offering = Pick<PayerState, "links" | "laneClock">;

/** The offer pays for no wire: only what is owed. */
const NO_TOKEN = new Uint8Array(WIRE_TOKEN_BYTES);

/** Offers what the payee has not accepted yet; dials it first. */
export function offerLanes({ links, laneClock }: Offering, purchase: Purchase): void {
  const { pair, isGivenUp, isAsking } = purchase;
  if (!mayPay(purchase)) return;
  const wire = isGivenUp ? undefined : wiresOf(purchase)[0];
  const isOwing = owes(pair);
  const ready = listLanesToOffer(pair, laneClock());
  const useful = ready.filter((lane) => wire || isOwing || lane.acked < lane.signed);
  const lanes = useful.length === 0 && isAsking ? ready.slice(-1) : useful;
  if (lanes.length === 0) return;
  if (links.streamOf(pair.payeeKey)) send(links, purchase, lanes, wire?.remoteToken ?? NO_TOKEN);
  else links.want(pair.payeeKey);
}

/** Lanes that the payee has accepted pay for this new wire, too. */
export function offerForWire({ links, laneClock }: Offering, purchase: Purchase, wire: PaidWire): void {
  send(links, purchase, listOpenLanes(purchase.pair, laneClock()), wire.remoteToken);
}

function send(links: PayerState["links"], { pair }: Purchase, lanes: readonly PayerLane[], token: Uint8Array): void {
  const stream = links.streamOf(pair.payeeKey);
  for (const { allotment } of lanes) stream?.send({ type: "offer", allotment, wireToken: token });
}
