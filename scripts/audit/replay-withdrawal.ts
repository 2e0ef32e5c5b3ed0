import { ZeroAddress } from "ethers";
import type { CallOf, EventOf } from "./facts.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "./run.ts";
import { recoverWithdrawer } from "./signatures.ts";
import { accountIn } from "./state.ts";

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
  } else if (call.kind === "requestWithdrawalFor") {
    checkSigned(run, tx, call);
  }
  state.withdrawing = amount;
  state.withdrawableAt = withdrawableAt;
  state.recipient = to;
}

function checkSigned(run: Run, tx: TransactionRun, call: CallOf<"requestWithdrawalFor">): void {
  const { account, deadline, nonce } = call.withdrawal;
  const fail = (why: string): void =>
    report(run, "withdrawal-request", tx.facts, `the signed withdrawal request of ${account} ${why}`, { account });
  if (tx.facts.time > deadline) fail("came after its deadline");
  const id = `${account}/${nonce}`;
  if (run.usedNonces.has(id)) fail(`uses nonce ${nonce} again`);
  run.usedNonces.add(id);

  run.tallies.signaturesChecked++;
  const signer = recoverWithdrawer(run.domain, call.withdrawal, call.signature);
  if (signer === account) return;
  if (run.contractWallets.has(account)) {
    const sentence = `the withdrawal request of ${account} is signed by a wallet with code (ERC-1271)`;
    reportNotChecked(run, tx.facts, sentence);
  } else {
    fail(`is signed by ${signer ?? "nobody"}, not by the wallet`);
  }
}

export function replayWithdrawn(run: Run, tx: TransactionRun, event: EventOf<"Withdrawn">): void {
  const { account, to, amount } = event;
  const state = accountIn(run.state, account);
  const { money } = run;
  const fail = (sentence: string): void => report(run, "withdrawal", tx.facts, sentence, { account });

  if (amount !== state.withdrawing) {
    const details = { account, expected: String(state.withdrawing), actual: String(amount) };
    const sentence = `${account} withdrew ${money(amount)}; ${money(state.withdrawing)} were asked for and left`;
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
