import { sign } from "../../../protocol/base/secp256k1.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import { hashVoucher, type SignedVoucher } from "../../../protocol/signed/voucher.ts";
import { pieceBytes } from "../../exchange.ts";
import type { PaymentContext } from "../context.ts";
import { type LaneClock, planVouchers, signedVoucher, voucherDueAtMs } from "./payer-ledger.ts";
import type { PayerLinks } from "./payer-links.ts";
import type { Purchase } from "./purchase.ts";

/** Signs what is owed, stores it, then sends it: now, or when the ledger says that a voucher is due. */
export interface VoucherWriter {
  payNow(purchase: Purchase): void;
  schedulePay(purchase: Purchase): void;
  /** Sends it (again), unless what was signed meanwhile replaces it. */
  send(purchase: Purchase, voucher: SignedVoucher): void;
  /** Not at each piece: one that is on disk and stored as asked counts as verified after a crash, too. */
  saveVerified(purchase: Purchase): void;
}

export function createVoucherWriter(
  context: PaymentContext,
  links: Pick<PayerLinks, "streamOf">,
  laneClock: () => LaneClock,
  spendLeft: () => Amount | null,
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
    const records = pieces.map((piece) => ({ piece, lengthBytes: pieceBytes(terms, piece) }));
    store.saveVerified(terms.infoHash, records).catch(context.onFatal);
  };

  const payNow = (purchase: Purchase): void => {
    purchase.cancelTimer?.();
    purchase.cancelTimer = null;
    // In one commit with the voucher that pays them.
    saveVerified(purchase);
    for (const voucher of planVouchers(purchase.pair, laneClock())) {
      const signed = { ...voucher, signature: sign(hashVoucher(separator, voucher), identity.privateKey) };
      purchase.pair = signedVoucher(purchase.pair, signed);
      purchase.lastSentAtMs = nowMs();
      store.saveSigned(signed).then(() => send(purchase, signed), context.onFatal);
    }
  };

  return {
    payNow,
    send,
    saveVerified,
    schedulePay(purchase) {
      if (planVouchers(purchase.pair, laneClock()).length === 0) return;
      const { pieceLength } = purchase.content.terms;
      const dueAtMs = voucherDueAtMs(purchase.pair, laneClock(), spendLeft(), pieceLength, purchase.lastSentAtMs);
      const waitMs = dueAtMs - nowMs();
      if (waitMs <= 0) payNow(purchase);
      else purchase.cancelTimer ??= context.setTimer(() => payNow(purchase), waitMs);
    },
  };
}
