import type { EventOf } from "../../facts/events.ts";
import { type Run, report, type TransactionRun } from "../run.ts";
import { checkOwnerCall } from "./owner-call.ts";

export function replayBondDeposited(run: Run, tx: TransactionRun, { from, amount }: EventOf<"BondDeposited">): void {
  const what = `${from} added ${run.money(amount)} to the bond`;
  checkOwnerCall(run, tx, what, "depositBond", (call) => call.sender === from && call.amount === amount);
  run.state.bond.amount += amount;
  run.state.totalBalance += amount;
  run.tallies.bondDeposited += amount;
}

export function replayBondRequested(run: Run, tx: TransactionRun, event: EventOf<"BondWithdrawalRequested">): void {
  const { rules, money } = run;
  const { bond } = run.state;
  const { amount, withdrawableAt } = event;
  const what = `${money(amount)} of the bond were asked back`;
  checkOwnerCall(run, tx, what, "requestBondWithdrawal", (call) => call.amount === amount);
  const due = amount === 0n ? 0 : tx.facts.time + 2 * (rules.allotmentPeriod + rules.claimPeriod);
  if (withdrawableAt !== due) {
    const details = { expected: String(due), actual: String(withdrawableAt) };
    report(run, "bond", tx.facts, `${what}, to leave at ${withdrawableAt}; with the delay it would be ${due}`, details);
  }
  if (amount > bond.amount) {
    const details = { expected: String(bond.amount), actual: String(amount) };
    report(run, "bond", tx.facts, `${what}; it holds ${money(bond.amount)}`, details);
  }
  bond.withdrawing = amount;
  bond.withdrawableAt = withdrawableAt;
}

export function replayBondWithdrawn(run: Run, tx: TransactionRun, { to, amount }: EventOf<"BondWithdrawn">): void {
  const { money } = run;
  const { bond } = run.state;
  const what = `${money(amount)} of the bond left to ${to}`;
  checkOwnerCall(run, tx, what, "withdrawBond", (call) => call.to === to);
  if (amount !== bond.withdrawing) {
    const details = { expected: String(bond.withdrawing), actual: String(amount) };
    report(run, "bond", tx.facts, `${what}; ${money(bond.withdrawing)} were asked for and left of it`, details);
  }
  if (tx.facts.time < bond.withdrawableAt) {
    report(run, "bond", tx.facts, `${what}, ${bond.withdrawableAt - tx.facts.time} s before the delay was over`);
  }
  bond.amount -= amount;
  bond.withdrawing = 0n;
  bond.withdrawableAt = 0;
  run.state.totalBalance -= amount;
  run.tallies.bondWithdrawn += amount;
}
