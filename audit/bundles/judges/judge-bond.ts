import { budgetAt } from "../../facts/state.ts";
import { type Run, report } from "../../replay/run.ts";
import { asShown, type BundleBook } from "../bundle-book.ts";
import { moneyOf, uncovered } from "./cover.ts";

type Where = Parameters<typeof report>[2];

/**
 * Compares what live lanes may take beyond their payers' money with the bond and its allotters'
 * budgets.
 */
export function judgeBond(run: Run, book: BundleBook, where: Where, block: number, time: number): void {
  const { state, money } = run;
  const live = book.allotments.live(block, time, run.rules.claimPeriod);
  let risk = 0n;
  for (const [payer, lanes] of Map.groupBy(live, (lane) => lane.payer)) {
    const account = asShown(payer);
    if (run.clouded.has(account)) continue;
    risk += uncovered(lanes, moneyOf(state, account, asShown));
  }
  const budgets = [...state.allotters.values()].reduce((sum, one) => sum + budgetAt(one, time) - one.bondSpent, 0n);
  // A part that is asked back still pays claims: it leaves after every lane of today is over.
  const cover = state.bond.amount < budgets ? state.bond.amount : budgets;
  if (risk <= cover) return;
  const sentence = `at block ${block}, live lanes may take ${money(risk)} beyond their payers' money; bond and budgets cover ${money(cover)}`;
  report(run, "bond-cover", where, sentence, { expected: String(cover), actual: String(risk) });
}
