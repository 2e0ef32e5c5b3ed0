import type { Address } from "../../protocol/base/ids.ts";

export interface Complainer {
  readonly account: Address;
  /** Accounts that have settled to it. */
  readonly customers: readonly Address[];
}

/**
 * How many of those who complain about `payer` are unrelated: each has a customer of its own, which is neither the payer nor
 * one of them nor vouches for another. Accounts that were made to complain have none.
 */
export function countUnrelated(payer: Address, complainers: readonly Complainer[]): number {
  const parties = new Set([payer, ...complainers.map(({ account }) => account)]);
  const vouchers = complainers
    .map(({ customers }) => customers.filter((customer) => !parties.has(customer)))
    .toSorted((a, b) => a.length - b.length);
  const taken = new Set<Address>();
  for (const customers of vouchers) {
    const own = customers.find((customer) => !taken.has(customer));
    if (own !== undefined) taken.add(own);
  }
  return taken.size;
}
