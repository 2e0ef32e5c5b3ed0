import { pairId } from "../../facts/lane-book.ts";
import type { Address } from "../../facts/primitives.ts";
import { type ContractState, limitLeft, withdrawingOf } from "../../facts/state.ts";
import type { LiveLane } from "../published-allotments.ts";

/** A payer at the end of the block at which the authority read all money. Base units. */
export interface MoneyThen {
  readonly balance: bigint;
  readonly withdrawing: bigint;
  /** What the limit of one of its sessions leaves. */
  limitLeft(sessionKey: Address): bigint;
}

/** @param shown writes addresses as the state does */
export function moneyOf(state: ContractState, account: Address, shown: (address: Address) => Address): MoneyThen {
  const held = state.accounts.get(account);
  return {
    balance: held?.balance ?? 0n,
    withdrawing: held ? withdrawingOf(held) : 0n,
    limitLeft: (key) => limitLeft(held, state.sessions.get(pairId(account, shown(key)))),
  };
}

/** The first lane with which a payer's lanes could take more than there was. Base units. */
export interface Overcommitment {
  readonly lane: number;
  /** The session whose limit was too low. Null: the deposit was. */
  readonly sessionKey: Address | null;
  readonly reserved: bigint;
  readonly free: bigint;
}

/**
 * The rule of docs/protocol.md 3.1: in order of issue, each lane together with all before it must
 * be covered, by the balance and by the limit of each session that has lanes. `live`: the lanes of
 * one payer; `issued`: those to be judged. Unused releases are unknown, so the authority is judged
 * a little too kindly.
 */
export function findOvercommitment(
  live: readonly LiveLane[],
  issued: ReadonlySet<number>,
  money: MoneyThen,
): Overcommitment | null {
  const free = money.balance - money.withdrawing;
  let tightest: { readonly sessionKey: Address; readonly left: bigint } | null = null;
  let reserved = 0n;
  for (const { lane, sessionKey, open } of live) {
    reserved += open;
    const left = money.limitLeft(sessionKey);
    if (tightest === null || left < tightest.left) tightest = { sessionKey, left };
    if (!issued.has(lane)) continue;
    if (reserved > free) return { lane, sessionKey: null, reserved, free };
    if (reserved > tightest.left) return { lane, sessionKey: tightest.sessionKey, reserved, free: tightest.left };
  }
  return null;
}

/**
 * What one payer's live lanes may take beyond its balance and its sessions' limits, in the worst
 * order: those of the greatest limit first, since what they spend is gone for the others. The bond
 * pays that.
 */
export function uncovered(live: readonly LiveLane[], money: MoneyThen): bigint {
  const sessions = [...Map.groupBy(live, ({ sessionKey }) => sessionKey)]
    .map(([key, lanes]) => ({ sum: sumOf(lanes), left: money.limitLeft(key) }))
    .sort((a, b) => (a.left > b.left ? -1 : a.left < b.left ? 1 : 0));
  let paid = 0n;
  for (const { sum, left } of sessions) {
    const most = left > paid ? left - paid : 0n;
    paid += sum < most ? sum : most;
  }
  return sumOf(live) - (paid < money.balance ? paid : money.balance);
}

function sumOf(lanes: readonly LiveLane[]): bigint {
  return lanes.reduce((sum, { open }) => sum + open, 0n);
}
