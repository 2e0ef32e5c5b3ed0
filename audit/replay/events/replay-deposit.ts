import type { EventOf } from "../../facts/events.ts";
import { accountIn } from "../../facts/state.ts";
import { type Run, report, type TransactionRun, takeCall } from "../run.ts";

/** Whether the deposit's tokens arrived is checked by the token's own events: see token-flow.ts. */
export function replayDeposited(run: Run, tx: TransactionRun, event: EventOf<"Deposited">): void {
  const { account, from, amount } = event;
  const name = `the deposit of ${run.money(amount)} for ${account} by ${from}`;
  if (run.state.isPaused) report(run, "deposit", tx.facts, `${name} came while deposits were paused`, { account });
  const call = takeCall(tx, ["depositFor", "depositWithPermit"], (candidate) => {
    return candidate.sender === from && candidate.account === account && candidate.amount === amount;
  });
  if (call === null) report(run, "deposit", tx.facts, `no call explains ${name}`, { account });
  accountIn(run.state, account).balance += amount;
  run.state.totalBalance += amount;
  run.tallies.deposited += amount;
}
