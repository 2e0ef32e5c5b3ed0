import type { Complaint } from "../../../protocol/http/payments.ts";
import { complaintOf } from "../reports/complainer.ts";
import { debtBytes, defaulted, dueSince, isDefault, isPayable } from "./payee-ledger.ts";
import type { PayeeState } from "./payee-state.ts";
import type { Sale } from "./sales.ts";

/** A payer has left a piece unpaid. Never waited for. */
export type OnDefault = (complaint: Complaint) => void;

/**
 * Finds complete pieces that are left unpaid, and counts them against their account
 * (docs/protocol.md 4.12).
 */
export function watchDues(state: PayeeState, onDefault: OnDefault): void {
  for (const sale of state.sales.all()) check(state, sale, onDefault);
}

function check({ context, sales, standings, nowMs }: PayeeState, sale: Sale, onDefault: OnDefault): void {
  if (sale.ledger.dues.length === 0) return;
  if (isExcused(sale)) {
    sales.change(sale, dueSince(sale.ledger, nowMs()));
    return;
  }
  const { account } = sale.ledger;
  const { payDueSec } = context.network.info;
  if (!isDefault(sale.ledger, payDueSec, nowMs()) || standings.isBanned(account)) return;
  const { defaults } = standings.defaulted(account);
  context.log(`payer ${account} left a piece unpaid for ${payDueSec} s: its window is one piece`);
  // All that is due now is this one default, whatever the account buys.
  for (const other of sales.ofAccount(account)) sales.change(other, dueSince(other.ledger, nowMs()));
  sales.change(sale, defaulted(sale.ledger, defaults));
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
