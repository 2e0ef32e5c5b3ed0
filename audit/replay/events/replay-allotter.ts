import type { EventOf } from "../../facts/events.ts";
import { budgetAt } from "../../facts/state.ts";
import { type Run, report, type TransactionRun } from "../run.ts";
import { checkOwnerCall } from "./owner-call.ts";

/**
 * A key becomes current, or its budget rises. The constructor sets the first one, whose budget
 * counts at once; every other budget waits for the bond's delay.
 */
export function replayAllotterSet(run: Run, tx: TransactionRun, event: EventOf<"AllotterSet">): void {
  const { allotters } = run.state;
  const { allotter, bondBudget, effectiveAt } = event;
  const { time } = tx.facts;
  const known = allotters.get(allotter);
  const isConstruction = allotters.size === 0;
  if (!isConstruction) {
    checkOwnerCall(run, tx, `${allotter} became an allotter with this budget`, "setAllotter", (call) => {
      return call.allotter === allotter && call.bondBudget === bondBudget;
    });
  }
  if (known && known.retiredAt !== 0) {
    report(run, "allotters", tx.facts, `${allotter} became an allotter again after its retirement`);
  }
  if (known && bondBudget < known.nextBudget) {
    const details = { expected: String(known.nextBudget), actual: String(bondBudget) };
    const sentence = `the budget of allotter ${allotter} fell from ${run.money(known.nextBudget)} to ${run.money(bondBudget)}`;
    report(run, "allotters", tx.facts, sentence, details);
  }
  const due = isConstruction ? time : time + 2 * (run.rules.allotmentPeriod + run.rules.claimPeriod);
  if (effectiveAt !== due) {
    const details = { expected: String(due), actual: String(effectiveAt) };
    const sentence = `the budget of allotter ${allotter} counts from ${effectiveAt}; with the delay it would be ${due}`;
    report(run, "allotters", tx.facts, sentence, details);
  }
  allotters.set(allotter, {
    bondBudget: known ? budgetAt(known, time) : 0n,
    nextBudget: bondBudget,
    effectiveAt,
    bondSpent: known?.bondSpent ?? 0n,
    retiredAt: 0,
    isCurrent: true,
    setAt: known?.setAt ?? time,
  });
}

export function replayAllotterRetired(run: Run, tx: TransactionRun, event: EventOf<"AllotterRetired">): void {
  const { allotter, retiredAt } = event;
  const known = run.state.allotters.get(allotter);
  checkOwnerCall(run, tx, `${allotter} was retired`, "retireAllotter", (call) => call.allotter === allotter);
  if (!known?.isCurrent) report(run, "allotters", tx.facts, `${allotter} was retired, but was no current allotter`);
  if (retiredAt !== tx.facts.time) {
    const details = { expected: String(tx.facts.time), actual: String(retiredAt) };
    report(run, "allotters", tx.facts, `${allotter} was retired at another time than the block's`, details);
  }
  const before = known ?? { bondBudget: 0n, nextBudget: 0n, effectiveAt: 0, bondSpent: 0n, setAt: retiredAt };
  run.state.allotters.set(allotter, { ...before, retiredAt, isCurrent: false });
}
