import { ProtocolError } from "../../../protocol/base/errors.ts";
import { max } from "../../../protocol/base/units.ts";
import type { SignedVoucher } from "../../../protocol/signed/voucher.ts";
import type { PayerMessage } from "../../../protocol/wire/voucher-stream.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { VoucherStream } from "../voucher-node.ts";
import { takePayment } from "./due-watch.ts";
import { recountLanes } from "./lanes.ts";
import { vouchersSynced } from "./payee-ledger.ts";
import type { PayeeState } from "./payee-state.ts";
import type { Sale } from "./sales.ts";
import { resumeAll } from "./serve.ts";
import { judgeVoucher } from "./voucher-policy.ts";

/**
 * A voucher is judged, stored, then acknowledged: nothing is given for one that is not in the
 * store. What a kill of this process cannot take is served on at once; the acknowledgement waits
 * for the disk (docs/protocol.md 4.7).
 * @throws {ProtocolError} LANE_NOT_ACCEPTED, AMOUNT_ABOVE_CAP, SIGNATURE_INVALID
 */
export function takeVoucher(
  state: PayeeState,
  stream: VoucherStream,
  message: Extract<PayerMessage, { type: "voucher" }>,
): void {
  const { context, sales } = state;
  const { lane: number } = message;
  const sale = [...sales.ofSession(stream.remoteKey)].find((one) => one.stream === stream && one.lanes.has(number));
  const lane = sale?.lanes.get(number);
  if (!sale || !lane) throw new ProtocolError("LANE_NOT_ACCEPTED", `voucher on lane ${number}, which was not accepted`);
  const acknowledge = (): void => {
    const amount = sale.synced.get(number) ?? 0n;
    stream.send({ type: "ack", lane: number, amount, windowBytes: sales.toldWindow(sale) });
  };
  const verdict = judgeVoucher(lane, message, { separator: context.separator, now: context.clock.now() });
  if (verdict.type === "repeat") {
    acknowledge();
    return;
  }
  if (verdict.type === "refuse") {
    if (verdict.code !== "LANE_EXPIRED")
      throw new ProtocolError(verdict.code, `the voucher on lane ${number} is not valid`);
    stream.send({ type: "closed", lane: number });
    return;
  }
  const { voucher } = verdict;
  sale.storing++;
  const { committed, synced } = context.store.saveVoucher(voucher);
  const counted = committed.then(() => {
    sale.storing--;
    keepStored(state, sale, lane, voucher);
    resumeAll(sales, sale);
    return sale.ledger.coveredBytes;
  });
  const acknowledged = Promise.all([counted, synced]).then(([coveredBytes]) => {
    // The disk has all that was stored before, too.
    sales.change(sale, vouchersSynced(sale.ledger, coveredBytes));
    sale.synced.set(number, max(sale.synced.get(number) ?? 0n, voucher.amount));
    acknowledge();
    resumeAll(sales, sale);
  });
  counted.catch(context.onFatal);
  acknowledged.catch(context.onFatal);
}

/** The voucher is in the store. */
function keepStored(state: PayeeState, sale: Sale, lane: PayeeLaneRecord, voucher: SignedVoucher): void {
  const current = sale.lanes.get(voucher.lane) ?? lane;
  if (voucher.amount <= current.amount) return;
  sale.lanes.set(voucher.lane, { ...current, amount: voucher.amount, signature: voucher.signature });
  const { coveredBytes } = sale.ledger;
  recountLanes(state, sale);
  takePayment(state, sale);
  sale.isToldTooOften = false;
  state.sales.touch(sale, state.nowMs());
  state.turns.paid(sale, sale.ledger.coveredBytes - coveredBytes);
}
