import type { Address } from "../../protocol/base/ids.ts";

/** A payee that complains. */
export interface Complainer {
  readonly account: Address;
  /** Accounts that have settled to it. */
  readonly customers: readonly Address[];
}

/**
 * How many of the payees that complain about `payer` are unrelated (docs/protocol.md 4.13). Each of
 * these has a customer of its own that is neither the payer nor a complainer and vouches for no
 * other. Accounts that were made only to complain have no customer.
 */
export function countUnrelated(payer: Address, complainers: readonly Complainer[]): number {
  const parties = new Set([payer, ...complainers.map(({ account }) => account)]);
  const outsiders = complainers
    .map(({ customers }) => customers.filter((customer) => !parties.has(customer)))
    .toSorted((a, b) => a.length - b.length);
  const taken = new Set<Address>();
  for (const customers of outsiders) {
    const own = customers.find((customer) => !taken.has(customer));
    if (own !== undefined) taken.add(own);
  }
  return taken.size;
}
