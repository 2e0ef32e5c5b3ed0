import type { Complaint } from "../../../protocol/http/payments.ts";
import { complaintOf } from "../reports/complainer.ts";
import { defaulted, hasPaidArrears, isReportable, pardoned, reported, returned } from "./absence.ts";
import { debtBytes, dueSince, isDefault, isPayable } from "./payee-ledger.ts";
import type { PayeeState } from "./payee-state.ts";
import type { Sale } from "./sales.ts";

/** A payer has left a piece unpaid for long, or is banned for it. Never waited for. */
export type OnDefault = (complaint: Complaint) => void;

/**
 * Finds complete pieces that are left unpaid, and counts them against their account
 * (docs/protocol.md 4.12).
 */
export function watchDues(state: PayeeState, onDefault: OnDefault): void {
  const { context, sales, nowMs } = state;
  for (const sale of sales.all()) {
    check(state, sale, onDefault);
    if (isReportable(sale.ledger, context.network.info.payDueSec, nowMs())) report(state, sale, onDefault);
  }
}

/** A voucher of this sale is in the store: what its account defaulted on may be paid with it. */
export function takePayment({ sales, standings, nowMs }: PayeeState, sale: Sale): void {
  const { account, defaults, isAbsent } = sale.ledger;
  if (defaults === 0 && !isAbsent) return;
  const ofAccount = [...sales.ofAccount(account)];
  for (const one of ofAccount) sales.change(one, returned(one.ledger, nowMs()));
  if (debtBytes(sale.ledger) > 0 && sale.ledger.arrears === null) return;
  if (!ofAccount.every(({ ledger }) => hasPaidArrears(ledger))) return;
  for (const one of ofAccount) sales.change(one, pardoned(one.ledger));
  standings.paid(account);
}

function check(state: PayeeState, sale: Sale, onDefault: OnDefault): void {
  const { context, sales, standings, nowMs } = state;
  const { account, dues, isAbsent } = sale.ledger;
  if (dues.length === 0 || isAbsent) return;
  if (isExcused(sale)) {
    sales.change(sale, dueSince(sale.ledger, nowMs()));
    return;
  }
  const { payDueSec } = context.network.info;
  if (!isDefault(sale.ledger, payDueSec, nowMs()) || standings.isBanned(account)) return;
  const { defaults, bannedUntil } = standings.defaulted(account);
  context.log(`payer ${account} left a piece unpaid for ${payDueSec} s: its window is one piece`);
  // All that is due now is this one default, whatever the account buys.
  for (const other of sales.ofAccount(account))
    sales.change(other, defaulted(other.ledger, defaults, other === sale, nowMs()));
  if (bannedUntil > 0) report(state, sale, onDefault);
}

function report({ sales }: PayeeState, sale: Sale, onDefault: OnDefault): void {
  sales.change(sale, reported(sale.ledger));
  const complaint = complaintOf(sale.lanes.values(), debtBytes(sale.ledger));
  if (complaint) onDefault(complaint);
}

/**
 * The payer is not to blame while its voucher waits for our disk, while the authority has yet to
 * give it a lane that can pay, and while blocks that it should pay for are still to leave.
 */
function isExcused({ storing, ledger, wires }: Sale): boolean {
  return storing > 0 || !isPayable(ledger) || [...wires].some((wire) => wire.isSending());
}
