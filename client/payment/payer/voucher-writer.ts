import { sign } from "../../../protocol/base/secp256k1.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import { hashVoucher, type SignedVoucher, type Voucher } from "../../../protocol/signed/voucher.ts";
import type { PaymentContext } from "../context.ts";
import { planVouchers, signedVoucher, voucherDueAtMs } from "./payer-ledger.ts";
import type { PayerLinks } from "./payer-links.ts";
import type { LaneClock } from "./payer-pair.ts";
import { type Purchase, wake } from "./purchase.ts";

/**
 * Signs what is owed, stores it, then sends it: now, or when the ledger says that a voucher is due.
 */
export interface VoucherWriter {
  payNow(purchase: Purchase): void;
  schedulePay(purchase: Purchase): void;
  /** Sends a voucher, also again, unless what was signed meanwhile replaces it. */
  send(purchase: Purchase, voucher: SignedVoucher): void;
  /**
   * Not called for each piece: one that is on disk and stored as asked counts as verified after a
   * crash, too.
   */
  saveVerified(purchase: Purchase): void;
}

export function createVoucherWriter(
  context: PaymentContext,
  links: Pick<PayerLinks, "streamOf">,
  laneClock: () => LaneClock,
  spendLeft: (purchase: Purchase) => Amount | null,
): VoucherWriter {
  const { identity, separator, store, nowMs } = context;

  const send = (purchase: Purchase, voucher: SignedVoucher): void => {
    // Also when the lane has ended since it was signed: it is promised.
    const isNewest = purchase.pair.lanes.some(
      (lane) => lane.allotment.lane === voucher.lane && lane.state !== "granted" && lane.signed === voucher.amount,
    );
    const { lane, amount, signature } = voucher;
    if (isNewest) links.streamOf(purchase.pair.payeeKey)?.send({ type: "voucher", lane, amount, signature });
  };

  const saveVerified = (purchase: Purchase): void => {
    const pieces = purchase.unsaved.splice(0);
    if (pieces.length === 0) return;
    const { terms } = purchase.content;
    const records = pieces.map((piece) => ({ piece, lengthBytes: terms.lengthOf(piece) }));
    store.saveVerified(terms.infoHash, records).catch(context.onFatal);
  };

  const pay = (purchase: Purchase, vouchers: readonly Voucher[]): void => {
    purchase.cancelTimer?.();
    purchase.cancelTimer = null;
    // In one commit with the voucher that pays them.
    saveVerified(purchase);
    for (const voucher of vouchers) {
      const signed = { ...voucher, signature: sign(hashVoucher(separator, voucher), identity.privateKey) };
      purchase.pair = signedVoucher(purchase.pair, signed);
      purchase.lastSentAtMs = nowMs();
      store.saveSigned(signed).then(() => send(purchase, signed), context.onFatal);
    }
  };
  const payNow = (purchase: Purchase): void => pay(purchase, planVouchers(purchase.pair, laneClock()));

  return {
    payNow,
    send,
    saveVerified,
    schedulePay(purchase) {
      const vouchers = planVouchers(purchase.pair, laneClock());
      if (vouchers.length === 0) return;
      const { pieceLength } = purchase.content.terms;
      const dueAtMs = voucherDueAtMs(
        purchase.pair,
        laneClock(),
        spendLeft(purchase),
        pieceLength,
        purchase.lastSentAtMs,
      );
      const waitMs = dueAtMs - nowMs();
      if (waitMs <= 0) pay(purchase, vouchers);
      else
        purchase.cancelTimer ??= context.setTimer(() => {
          payNow(purchase);
          // No piece came that would ask for the next one.
          wake(purchase);
        }, waitMs);
    },
  };
}
