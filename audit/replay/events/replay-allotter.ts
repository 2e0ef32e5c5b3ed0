import type { EventOf } from "../../facts/events.ts";
import { type Run, report, type TransactionRun } from "../run.ts";
import { checkOwnerCall } from "./owner-call.ts";

/** A key becomes current, or its budget rises. The constructor sets the first one. */
export function replayAllotterSet(run: Run, tx: TransactionRun, event: EventOf<"AllotterSet">): void {
  const { allotters } = run.state;
  const { allotter, bondBudget } = event;
  const known = allotters.get(allotter);
  if (allotters.size > 0) {
    checkOwnerCall(run, tx, `${allotter} became an allotter with this budget`, "setAllotter", (call) => {
      return call.allotter === allotter && call.bondBudget === bondBudget;
    });
  }
  if (known && known.retiredAt !== 0) {
    report(run, "allotters", tx.facts, `${allotter} became an allotter again after its retirement`);
  }
  if (known && bondBudget < known.bondBudget) {
    const details = { expected: String(known.bondBudget), actual: String(bondBudget) };
    const sentence = `the budget of allotter ${allotter} fell from ${run.money(known.bondBudget)} to ${run.money(bondBudget)}`;
    report(run, "allotters", tx.facts, sentence, details);
  }
  allotters.set(allotter, { bondBudget, bondSpent: known?.bondSpent ?? 0n, retiredAt: 0, isCurrent: true });
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
  const { bondBudget, bondSpent } = known ?? { bondBudget: 0n, bondSpent: 0n };
  run.state.allotters.set(allotter, { bondBudget, bondSpent, retiredAt, isCurrent: false });
}
