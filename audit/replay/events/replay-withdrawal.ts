import { ZeroAddress } from "ethers";
import type { EventOf } from "../../facts/events.ts";
import { accountIn, withdrawingOf } from "../../facts/state.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "../run.ts";
import { checkConsent, useNonce } from "./withdrawal-consent.ts";

export function replayWithdrawalRequested(run: Run, tx: TransactionRun, event: EventOf<"WithdrawalRequested">): void {
  const { account, to, amount, withdrawableAt } = event;
  const state = accountIn(run.state, account);
  const { rules, money } = run;
  const fail = (sentence: string, expected?: string, actual?: string): void =>
    report(run, "withdrawal-request", tx.facts, sentence, {
      account,
      ...(expected !== undefined && { expected }),
      ...(actual !== undefined && { actual }),
    });

  const due = amount === 0n ? 0 : tx.facts.time + rules.allotmentPeriod + rules.claimPeriod;
  if (withdrawableAt !== due) {
    fail(
      `${account} may withdraw at ${withdrawableAt}; with the delay it would be ${due}`,
      String(due),
      String(withdrawableAt),
    );
  }
  if (amount > state.balance) fail(`${account} asked back ${money(amount)} of a balance of ${money(state.balance)}`);

  const call = takeCall(tx, ["requestWithdrawal", "requestWithdrawalFor"], (candidate) =>
    candidate.kind === "requestWithdrawal"
      ? candidate.sender === account && candidate.amount === amount && to === ZeroAddress
      : candidate.withdrawal.account === account &&
        candidate.withdrawal.amount === amount &&
        to === (amount === 0n ? ZeroAddress : candidate.withdrawal.to),
  );
  if (call === "hidden") {
    reportNotChecked(
      run,
      tx.facts,
      `the withdrawal request of ${account} came through another contract, without a trace`,
    );
  } else if (call === null) {
    fail(`no call explains the withdrawal request of ${account} over ${money(amount)}`);
  }
  if (call !== null && call !== "hidden" && call.kind === "requestWithdrawalFor") {
    checkConsent(run, tx, "withdrawal-request", call);
  } else {
    useNonce(run, account);
  }
  state.withdrawing = amount;
  state.withdrawableAt = withdrawableAt;
  state.recipient = to;
}

export function replayWithdrawn(run: Run, tx: TransactionRun, event: EventOf<"Withdrawn">): void {
  const { account, to, amount } = event;
  const state = accountIn(run.state, account);
  const { money } = run;
  const fail = (sentence: string): void => report(run, "withdrawal", tx.facts, sentence, { account });

  const due = withdrawingOf(state);
  if (amount !== due) {
    const details = { account, expected: String(due), actual: String(amount) };
    const sentence = `${account} withdrew ${money(amount)}; ${money(due)} were asked for and left`;
    report(run, "withdrawal", tx.facts, sentence, details);
  }
  if (tx.facts.time < state.withdrawableAt) {
    fail(`${account} withdrew ${state.withdrawableAt - tx.facts.time} s before the delay was over`);
  }
  const call = takeCall(tx, ["withdraw", "withdrawFor"], (candidate) =>
    candidate.kind === "withdraw"
      ? candidate.sender === account && candidate.to === to
      : candidate.account === account && state.recipient === to && to !== ZeroAddress,
  );
  if (call === "hidden" && to !== state.recipient) {
    reportNotChecked(
      run,
      tx.facts,
      `the withdrawal of ${account} to ${to} came through another contract, without a trace`,
    );
  } else if (call === null) {
    fail(`no call explains that ${money(amount)} of ${account} left to ${to}`);
  }

  state.balance -= amount;
  state.withdrawing = 0n;
  state.withdrawableAt = 0;
  state.recipient = ZeroAddress;
  run.state.totalBalance -= amount;
  run.tallies.withdrawn += amount;
}
