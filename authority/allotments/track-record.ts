import type { Amount } from "../../protocol/base/units.ts";
import type { SettledPair } from "../store/tables/settled-sums.ts";

/** Payees that may be friends of the payer, or the payer itself: those that got most. */
const UNTRUSTED_PAYEES = 2;

/** What the payer has settled to one payee and not got back from it. */
export function netOf({ amount, back }: Omit<SettledPair, "payee">): Amount {
  return amount > back ? amount - back : 0n;
}

/**
 * Money that an account has settled to others, as far as it is not seen to be its own
 * (docs/protocol.md 4.11). What payees have settled back does not count, nor do the two payees that
 * got most. So two accounts that pass money back and forth have no track record, nor has one that
 * pays two friends. A larger ring can make some, at the price of the fee on all that it passes
 * around.
 */
export function trackRecordOf(pairs: readonly SettledPair[]): Amount {
  const nets = pairs.map(netOf).toSorted((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  return nets.slice(UNTRUSTED_PAYEES).reduce((sum, net) => sum + net, 0n);
}
