import { prefixOf } from "../protocol/base/ip-address.ts";

/**
 * Who may have one of few places. A place is a loan for seconds until its holder is accepted: one
 * that only holds a place, and buys nothing, gives it up to the next that comes.
 */

/** A connection that holds a place. Times are ms on a monotonic clock. */
export interface Holder<Id> {
  readonly id: Id;
  /** Remote IP address. */
  readonly host: string;
  readonly sinceMs: number;
  /** An offer was accepted: the place is its own. */
  readonly isAccepted: boolean;
}

export interface PlaceRules {
  readonly most: number;
  /** Most places that one customer of a network provider has on loan. */
  readonly mostOnLoan: number;
  /** Places that only those get who were accepted before. */
  readonly reserved: number;
  /** No holder gives up its place sooner: it could never be accepted otherwise. */
  readonly graceMs: number;
  /** A place on loan is given back after this long. */
  readonly loanMs: number;
}

export type PlaceVerdict<Id> =
  | { readonly type: "take" }
  /** The place of this holder becomes free for it. */
  | { readonly type: "replace"; readonly id: Id }
  | { readonly type: "refuse" };

/** Whether a newcomer gets a place. `isKnown`: it was accepted before. */
export function judgeNewcomer<Id>(
  holders: readonly Holder<Id>[],
  newcomer: { readonly host: string; readonly isKnown: boolean },
  rules: PlaceRules,
  nowMs: number,
): PlaceVerdict<Id> {
  const onLoan = holders.filter(({ isAccepted }) => !isAccepted);
  const customer = prefixOf(newcomer.host);
  const its = onLoan.filter(({ host }) => prefixOf(host) === customer);
  if (!newcomer.isKnown && its.length >= rules.mostOnLoan) return replaceOldest(its, rules.graceMs, nowMs);
  const most = newcomer.isKnown ? rules.most : rules.most - rules.reserved;
  if (holders.length < most) return { type: "take" };
  return replaceOldest(ofBusiest(onLoan), newcomer.isKnown ? 0 : rules.graceMs, nowMs);
}

/** Holders that were never accepted and must go. */
export function listOverdue<Id>(holders: readonly Holder<Id>[], rules: PlaceRules, nowMs: number): Id[] {
  return holders
    .filter(({ isAccepted, sinceMs }) => !isAccepted && nowMs >= sinceMs + rules.loanMs)
    .map(({ id }) => id);
}

/** Whoever holds most places on loan gives one up. */
function ofBusiest<Id>(onLoan: readonly Holder<Id>[]): readonly Holder<Id>[] {
  const customers = Map.groupBy(onLoan, ({ host }) => prefixOf(host));
  return [...customers.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
}

function replaceOldest<Id>(holders: readonly Holder<Id>[], graceMs: number, nowMs: number): PlaceVerdict<Id> {
  const [oldest] = holders.toSorted((a, b) => a.sinceMs - b.sinceMs);
  return oldest && nowMs >= oldest.sinceMs + graceMs ? { type: "replace", id: oldest.id } : { type: "refuse" };
}
