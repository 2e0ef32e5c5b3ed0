import { ProtocolError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import type { SignedVoucher } from "../../../protocol/signed/voucher.ts";
import type { Message, PayeeMessage, RefuseReason } from "../../../protocol/wire/voucher-stream.ts";
import { offerLanes } from "./offer-lanes.ts";
import { acceptedLane, ackedLane, isPaidUp, listUnacked } from "./payer-ledger.ts";
import { closedLane, endedLane, type PayerPair } from "./payer-pair.ts";
import type { PayerState } from "./payer-state.ts";
import { mayPay, type Purchase, type Refusal, wake } from "./purchase.ts";

/** The wire, or the payee's view of it, was not there yet: the same lane is offered again. */
const PASSING_REASONS: readonly RefuseReason[] = ["WIRE_UNKNOWN", "WIRE_TAKEN", "BUSY"];
/** The payee sells nothing now, and still takes money on this lane. */
const PAYABLE_REASONS: readonly RefuseReason[] = ["BANNED", "SENT_TOO_OFTEN"];
/** Another lane may be accepted. */
const LANE_REASONS: readonly RefuseReason[] = ["EXPIRED", "EXPIRES_TOO_LATE"];

export interface Received {
  readonly pair: PayerPair;
  /** To be stored: see `Adoption`. */
  readonly adopted: SignedVoucher | null;
  /** Why the payee sells nothing to this payer, whatever the lane. */
  readonly refusal: Refusal | null;
}

/**
 * What a payee's message makes of a pair, without any effect. Null: nothing, the same lane is
 * offered again.
 * @throws {ProtocolError} what the payee says cannot be
 */
export function received(pair: PayerPair, message: PayeeMessage, separator: DomainSeparator): Received | null {
  switch (message.type) {
    case "accept":
      return { ...acceptedLane(pair, message, separator), refusal: null };
    case "ack":
      return { pair: ackedLane(pair, message), adopted: null, refusal: null };
    case "closed":
      return { pair: closedLane(pair, message.lane), adopted: null, refusal: null };
    case "refuse": {
      const { lane, reason, until = null } = message;
      if (PASSING_REASONS.includes(reason)) return null;
      if (reason === "LANE_CLOSED") return { pair: closedLane(pair, lane), adopted: null, refusal: null };
      const next = PAYABLE_REASONS.includes(reason) ? pair : endedLane(pair, lane);
      return { pair: next, adopted: null, refusal: LANE_REASONS.includes(reason) ? null : { reason, until } };
    }
  }
}

/** Acts on a message from this payee. @throws {ProtocolError} the payee broke the protocol */
export function receive(state: PayerState, payeeKey: Address, message: Message): void {
  if (!isFromPayee(message)) throw new ProtocolError("MESSAGE_UNEXPECTED", `a payee does not send "${message.type}"`);
  const { context, vouchers } = state;
  const purchase = state.contents.ofLane(payeeKey, message.lane);
  purchase.isAsking = false;
  const answer = received(purchase.pair, message, context.separator);
  if (!answer) return;
  const { pair, adopted, refusal } = answer;
  purchase.pair = pair;
  if (adopted) {
    context.store.saveSigned(adopted).catch(context.onFatal);
    context.store.saveAdjust(pair, pair.adjust).catch(context.onFatal);
  }
  // A payee that has closed a lane still takes the last voucher on it, and its refusal says that it
  // listens.
  const isListening = message.type === "accept" || (message.type === "refuse" && message.reason === "LANE_CLOSED");
  if (isListening)
    for (const voucher of listUnacked(pair)) if (voucher.lane === message.lane) vouchers.send(purchase, voucher);
  if (message.type === "accept") vouchers.payNow(purchase);
  // Only the money lifts a ban: a payee that has banned this account still accepts lanes to be paid
  // on.
  const hasPaid = message.type === "ack" && purchase.refusal !== null && mayPay(purchase);
  if (refusal !== null) giveUp(state, purchase, refusal);
  else if (hasPaid && isPaidUp(pair, state.laneClock())) comeBack(state, purchase);
  state.requests.topUp(purchase);
  wake(purchase);
  checkPaidUp(state, purchase);
}

/** Nothing more is bought of this payee. It says so once. */
function giveUp({ context }: PayerState, purchase: Purchase, refusal: Refusal): void {
  const isNews = purchase.refusal?.reason !== refusal.reason || purchase.refusal.until !== refusal.until;
  purchase.isGivenUp = true;
  purchase.refusal = refusal;
  const until = refusal.until === null ? "" : ` until ${formatTime(refusal.until)}`;
  if (isNews) context.log(`payee ${purchase.pair.payeeKey} refuses to sell: ${refusal.reason}${until}`);
}

/** Its debt is paid, or its ban is over: the payee may sell again. */
export function comeBack(state: PayerState, purchase: Purchase): void {
  const { context, standings } = state;
  purchase.refusal = null;
  purchase.isGivenUp = standings.isBanned(purchase.pair.payee);
  if (purchase.isGivenUp || purchase.content.bytesLeft === 0) return;
  // The payee has closed the wires: the tracker names it again.
  context.torrent.redial(purchase.content.terms.infoHash);
  offerLanes(state, purchase);
}

function formatTime(sec: number): string {
  return new Date(sec * 1000).toISOString().replace(".000Z", "Z");
}

/** Tells those that wait for it when all is paid. */
export function checkPaidUp({ laneClock }: Pick<PayerState, "laneClock">, purchase: Purchase): void {
  if (purchase.onPaidUp.length === 0 || !isPaidUp(purchase.pair, laneClock())) return;
  for (const resolve of purchase.onPaidUp.splice(0)) resolve();
}

function isFromPayee(message: Message): message is PayeeMessage {
  return message.type === "accept" || message.type === "ack" || message.type === "refuse" || message.type === "closed";
}
