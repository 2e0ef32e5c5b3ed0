import { ProtocolError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import type { SignedVoucher } from "../../../protocol/signed/voucher.ts";
import type { Message, PayeeMessage, RefuseReason } from "../../../protocol/wire/voucher-stream.ts";
import { acceptedLane, ackedLane, isPaidUp, listUnacked } from "./payer-ledger.ts";
import { endedLane, type PayerPair } from "./payer-pair.ts";
import type { PayerState } from "./payer-state.ts";
import { type Purchase, wake } from "./purchase.ts";

/** The wire, or the payee's view of it, was not there yet: the same lane is offered again. */
const PASSING_REASONS: readonly RefuseReason[] = ["WIRE_UNKNOWN", "WIRE_TAKEN", "BUSY"];
/** Another lane may be accepted. */
const LANE_REASONS: readonly RefuseReason[] = ["EXPIRED", "EXPIRES_TOO_LATE", "LANE_CLOSED"];

export interface Received {
  readonly pair: PayerPair;
  /** To be stored: see `Adoption`. */
  readonly adopted: SignedVoucher | null;
  /** Why the payee sells nothing to this payer, whatever the lane. */
  readonly refusal: RefuseReason | null;
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
      return { pair: endedLane(pair, message.lane), adopted: null, refusal: null };
    case "refuse": {
      const { lane, reason } = message;
      if (PASSING_REASONS.includes(reason)) return null;
      return { pair: endedLane(pair, lane), adopted: null, refusal: LANE_REASONS.includes(reason) ? null : reason };
    }
  }
}

/** Acts on a message from this payee. @throws {ProtocolError} the payee broke the protocol */
export function receive(state: PayerState, payeeKey: Address, message: Message): void {
  if (!isFromPayee(message)) throw new ProtocolError("MESSAGE_UNEXPECTED", `a payee does not send "${message.type}"`);
  const { context, vouchers } = state;
  const purchase = state.contents.ofLane(payeeKey, message.lane);
  const answer = received(purchase.pair, message, context.separator);
  if (!answer) return;
  const { pair, adopted, refusal } = answer;
  purchase.pair = pair;
  if (adopted) {
    context.store.saveSigned(adopted).catch(context.onFatal);
    context.store.saveAdjust(pair, pair.adjust).catch(context.onFatal);
  }
  if (message.type === "accept") {
    for (const voucher of listUnacked(pair)) vouchers.send(purchase, voucher);
    vouchers.payNow(purchase);
  }
  if (refusal !== null) {
    purchase.isGivenUp = true;
    context.log(`payee ${payeeKey} refuses to sell: ${refusal}`);
  }
  state.requests.topUp(purchase);
  wake(purchase);
  checkPaidUp(state, purchase);
}

/** Tells those that wait for it when all is paid. */
export function checkPaidUp({ laneClock }: Pick<PayerState, "laneClock">, purchase: Purchase): void {
  if (purchase.onPaidUp.length === 0 || !isPaidUp(purchase.pair, laneClock())) return;
  for (const resolve of purchase.onPaidUp.splice(0)) resolve();
}

function isFromPayee(message: Message): message is PayeeMessage {
  return message.type === "accept" || message.type === "ack" || message.type === "refuse" || message.type === "closed";
}
