import { ZeroAddress, ZeroHash } from "ethers";
import type { EventOf } from "../../facts/events.ts";
import { accountIn } from "../../facts/state.ts";
import { type Run, report, type TransactionRun, takeCall } from "../run.ts";

/** Each deposit without a number counts. */
export const NO_ID = ZeroHash;

/** Whether the deposit's tokens arrived is checked by the token's own events: see token-flow.ts. */
export function replayDeposited(run: Run, tx: TransactionRun, event: EventOf<"Deposited">): void {
  const { account, from, amount, id } = event;
  const name = `the deposit of ${run.money(amount)} for ${account} by ${from}`;
  if (run.state.isPaused) report(run, "deposit", tx.facts, `${name} came while deposits were paused`, { account });
  if (account === ZeroAddress || account === run.rules.contract)
    report(run, "deposit", tx.facts, `${name} went where nobody could ever use it`, { account });
  if (id !== NO_ID) {
    if (run.lanes.isDepositIdUsed(from, id)) {
      const sentence = `${name} was credited, though ${from} had made its deposit ${id} before`;
      report(run, "deposit-id", tx.facts, sentence, { account });
    }
    run.lanes.useDepositId(from, id, tx.facts.block);
  }
  const call = takeCall(tx, ["depositFor"], (candidate) => {
    const isSame = candidate.sender === from && candidate.account === account && candidate.amount === amount;
    return isSame && candidate.id === id;
  });
  if (call === null) report(run, "deposit", tx.facts, `no call explains ${name}`, { account });
  accountIn(run.state, account).balance += amount;
  run.state.totalBalance += amount;
  run.tallies.deposited += amount;
}
