import type { CallOf } from "../../facts/calls.ts";
import type { Address } from "../../facts/primitives.ts";
import { accountIn, budgetAt, coverageOf, paysClaim, sessionIn } from "../../facts/state.ts";
import type { Run } from "../run.ts";

/** What a claim has to pay, from payer and bond. Base units. */
export interface ClaimShare {
  /** What the lane had paid this payee, in batches and claims. */
  readonly before: bigint;
  /** min(amount, cap) - `before`: what the claim pays if there is enough money. */
  readonly open: bigint;
  readonly fromPayer: bigint;
  readonly fromBond: bigint;
}

/** Works out a claim from the replayed history. The claim's evidence is not believed. */
export function shareOf(run: Run, call: CallOf<"claim">, allotter: Address | null, time: number): ClaimShare {
  const { state, rules } = run;
  const { payer, payee, lane, cap, sessionKey, expiresAt } = call.allotment;
  const before = paidBefore(run, payer, lane, payee);
  const open = atLeastZero(min(call.amount, cap) - before);
  const session = sessionIn(state, payer, sessionKey);
  const isAlive = paysClaim(session, expiresAt, rules.claimPeriod, time);
  const fromPayer = isAlive ? min(open, atLeastZero(coverageOf(accountIn(state, payer), session))) : 0n;
  const budget = allotter === null ? undefined : state.allotters.get(allotter);
  const budgetLeft = budget ? atLeastZero(budgetAt(budget, time) - budget.bondSpent) : 0n;
  const bondLeft = min(budgetLeft, atLeastZero(state.bond.amount));
  return { before, open, fromPayer, fromBond: min(open - fromPayer, bondLeft) };
}

function paidBefore(run: Run, payer: Address, lane: number, payee: Address): bigint {
  const record = run.lanes.paid(payer, lane, payee);
  if (record) return record.amount;
  const payment = run.lanes.batchPayment(payer, lane);
  return payment?.payee === payee ? payment.amount : 0n;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function atLeastZero(value: bigint): bigint {
  return value < 0n ? 0n : value;
}
