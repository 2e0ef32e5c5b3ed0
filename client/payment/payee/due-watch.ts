import type { Complaint } from "../../../protocol/http/api.ts";
import type { PaymentContext } from "../context.ts";
import { complaintOf } from "../reports/complainer.ts";
import type { Standings } from "../standing/standings.ts";
import { debtBytes, defaulted, dueSince, isDefault, isPayable } from "./payee-ledger.ts";
import type { Sale, Sales } from "./sales.ts";

/** Finds complete pieces that are left unpaid, and counts them against their account. */
export function createDueWatch(
  context: PaymentContext,
  {
    sales,
    standings,
    nowMs,
    onDefault,
  }: {
    readonly sales: Sales;
    readonly standings: Standings;
    readonly nowMs: () => number;
    /** Never waited for. */
    readonly onDefault: (complaint: Complaint) => void;
  },
): { beat(): void } {
  const { network, log } = context;
  const { payDueSec } = network.info;

  const check = (sale: Sale): void => {
    if (sale.ledger.dues.length === 0) return;
    // What it should pay for has not left yet, its voucher waits for our own disk, or its lanes have ended and T has yet to give
    // it the next one: its time starts after that.
    const isSending = (): boolean => [...sale.wires].some((wire) => wire.isSending());
    if (sale.storing > 0 || !isPayable(sale.ledger) || isSending()) {
      sales.change(sale, dueSince(sale.ledger, nowMs()));
      return;
    }
    const { account } = sale.ledger;
    if (!isDefault(sale.ledger, payDueSec, nowMs()) || standings.isBanned(account)) return;
    const { defaults } = standings.defaulted(account);
    log(`payer ${account} left a piece unpaid for ${payDueSec} s: its window is one piece`);
    // All that is due now is this one default, whatever the account buys.
    for (const other of sales.ofAccount(account)) sales.change(other, dueSince(other.ledger, nowMs()));
    sales.change(sale, defaulted(sale.ledger, defaults));
    const complaint = complaintOf(sale.lanes.values(), debtBytes(sale.ledger));
    if (complaint) onDefault(complaint);
  };

  return {
    beat() {
      for (const sale of sales.all()) check(sale);
    },
  };
}
