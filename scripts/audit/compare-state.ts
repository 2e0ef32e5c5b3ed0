import type { CheckName, Finding } from "./checks.ts";
import { CHECKS } from "./checks.ts";
import type { Address } from "./facts.ts";
import { type ContractState, feeAt } from "./state.ts";

/** Where the contract's state at the last block is not what its history makes it. Pure. */
export function compareState(input: {
  readonly replayed: ContractState;
  readonly actual: ContractState;
  /** Payers whose sessions cannot be compared. */
  readonly clouded: ReadonlySet<Address>;
  /** The contract's balance of the token. */
  readonly held: bigint;
  /** Of the last block. */
  readonly time: number;
  readonly money: (amount: bigint) => string;
}): Finding[] {
  const { replayed, actual, money } = input;
  const findings: Finding[] = [];
  const expect = (name: CheckName, what: string, due: unknown, found: unknown, account?: Address): void => {
    if (due === found) return;
    const [expected, is] = [String(due), String(found)];
    findings.push({
      check: CHECKS[name].number,
      name,
      severity: CHECKS[name].severity,
      sentence: `${what} is ${is} in the contract; its history gives ${expected}`,
      block: null,
      tx: null,
      ...(account === undefined ? {} : { account }),
      expected,
      actual: is,
    });
  };

  for (const [account, due] of replayed.accounts) {
    const found = actual.accounts.get(account);
    expect("balance", `the balance of ${account}`, due.balance, found?.balance, account);
    expect("balance", `what ${account} withdraws`, due.withdrawing, found?.withdrawing, account);
    if (due.withdrawing === 0n) continue;
    expect(
      "balance",
      `the time from which ${account} may withdraw`,
      due.withdrawableAt,
      found?.withdrawableAt,
      account,
    );
    expect("balance", `the recipient of ${account}'s withdrawal`, due.recipient, found?.recipient, account);
  }
  for (const [id, due] of replayed.sessions) {
    const [account = "", sessionKey] = id.split("/");
    if (input.clouded.has(account)) continue;
    const found = actual.sessions.get(id);
    for (const field of ["limit", "spent", "expiresAt", "revoked"] as const)
      expect("session", `${field} of session ${sessionKey} of ${account}`, due[field], found?.[field], account);
  }
  for (const id of replayed.usedLanes) expect("claimed-lanes", `use of lane ${id}`, true, actual.usedLanes.has(id));
  for (const [id, due] of replayed.claimed)
    expect("claimed-lanes", `what claims paid on lane ${id}`, due, actual.claimed.get(id));

  expect("contract-state", "the number of batches", replayed.batchCount, actual.batchCount);
  for (const [batch, due] of replayed.outcomeHashes)
    expect("contract-state", `the outcome hash of batch ${batch}`, due, actual.outcomeHashes.get(batch));
  for (const [key, due] of replayed.allotters) {
    const found = actual.allotters.get(key);
    expect("contract-state", `allotter ${key}`, due.isCurrent, found?.isCurrent);
    expect("contract-state", `the retirement of allotter ${key}`, due.retiredAt, found?.retiredAt);
  }
  expect("contract-state", "the operator", replayed.operator, actual.operator);
  expect("contract-state", "the fee recipient", replayed.feeRecipient, actual.feeRecipient);
  expect("contract-state", "the fee in basis points", feeAt(replayed.fee, input.time), actual.fee.current);
  expect("contract-state", "the sum of all balances", replayed.totalBalance, actual.totalBalance);

  const owed = [...replayed.accounts.values()].reduce((sum, { balance }) => sum + balance, 0n);
  if (input.held < owed)
    expect(
      "conservation",
      `what the contract holds (${money(input.held)} for debts of ${money(owed)})`,
      owed,
      input.held,
    );
  return findings;
}
