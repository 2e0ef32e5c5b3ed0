import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";

/** What batches have settled between a payer and one payee, gross, base units. */
export interface SettledPair {
  readonly payee: Address;
  readonly amount: Amount;
  /** From the payee to the payer. */
  readonly back: Amount;
}

/** Payees that may be friends of the payer, or itself: those that got most. */
const UNTRUSTED_PAYEES = 2;

/** What the payer has settled to one payee and not got back from it. */
export function netOf({ amount, back }: Omit<SettledPair, "payee">): Amount {
  return amount > back ? amount - back : 0n;
}

/**
 * Money that an account has settled to others and that is not seen to be its own: net of what each payee has settled back,
 * and without the two payees that got most. So two accounts that pass money back and forth have no history, nor has one that
 * pays two friends. A greater ring can make some: the fee on all that it passes around is the price.
 */
export function historyOf(pairs: readonly SettledPair[]): Amount {
  const nets = pairs.map(netOf).toSorted((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  return nets.slice(UNTRUSTED_PAYEES).reduce((sum, net) => sum + net, 0n);
}
