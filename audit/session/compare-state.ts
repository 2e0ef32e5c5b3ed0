import type { CheckName } from "../checks.ts";
import { CHECKS } from "../checks.ts";
import type { LaneState } from "../facts/lane-book.ts";
import type { Address } from "../facts/primitives.ts";
import { budgetAt, type ContractState, feeAt, type ShownState, spentSince, withdrawingOf } from "../facts/state.ts";
import type { Finding } from "../findings.ts";

export interface Comparison {
  readonly replayed: ContractState;
  readonly actual: ShownState;
  /** Payers whose sessions cannot be compared, and accounts whose nonces cannot. */
  readonly clouded: ReadonlySet<Address>;
  readonly cloudedNonces: ReadonlySet<Address>;
  /** Of the last block. */
  readonly time: number;
  /** Prints base units for a sentence. */
  readonly money: (amount: bigint) => string;
}

/**
 * Lanes and batches. `replayed` may be a part; `actual` is what the contract says about that part.
 */
export interface LaneComparison {
  readonly replayed: LaneState;
  readonly actual: LaneState;
  readonly clouded: ReadonlySet<Address>;
  readonly money: (amount: bigint) => string;
}

/** Bigints are amounts. */
type Expect = (name: CheckName, what: string, due: unknown, found: unknown, account?: Address) => void;

/** Where the contract's state at the last block differs from its replayed history. Pure. */
export function compareState(comparison: Comparison): Finding[] {
  const findings: Finding[] = [];
  const expect = collectInto(findings, comparison.money);
  compareAccounts(comparison, expect);
  compareSessions(comparison, expect);
  compareBond(comparison, expect);
  compareRest(comparison, expect);
  return findings;
}

/** Where lanes and outcome hashes at the last block differ from the replayed history. Pure. */
export function compareLanes({ replayed, actual, clouded, money }: LaneComparison): Finding[] {
  const findings: Finding[] = [];
  const expect = collectInto(findings, money);
  for (const id of replayed.usedLanes) expect("claimed-lanes", `use of lane ${id}`, true, actual.usedLanes.has(id));
  for (const [id, due] of replayed.paid) {
    const found = actual.paid.get(id);
    expect("claimed-lanes", `what lane ${id} is known to have paid`, due.amount, found?.amount);
    if (clouded.has(id.split("/")[0] as Address)) continue;
    expect("claimed-lanes", `closing of lane ${id} by a claim`, due.hasClosedLane, found?.hasClosedLane);
  }
  for (const id of replayed.depositIds)
    expect("deposit-id", `whether deposit ${id} was made`, true, actual.depositIds.has(id));
  for (const [batch, due] of replayed.outcomeHashes)
    expect("contract-state", `the outcome hash of batch ${batch}`, due, actual.outcomeHashes.get(batch));
  return findings;
}

function collectInto(findings: Finding[], money: Comparison["money"]): Expect {
  const shown = (value: unknown): string => (typeof value === "bigint" ? money(value) : String(value));
  return (name, what, due, found, account) => {
    if (due === found) return;
    const [expected, is] = [String(due), String(found)];
    findings.push({
      check: CHECKS[name].number,
      name,
      severity: CHECKS[name].severity,
      sentence: `${what} is ${shown(found)} in the contract; its history gives ${shown(due)}`,
      block: null,
      tx: null,
      ...(account === undefined ? {} : { account }),
      expected,
      actual: is,
    });
  };
}

function compareAccounts({ replayed, actual, cloudedNonces }: Comparison, expect: Expect): void {
  for (const [account, due] of replayed.accounts) {
    const found = actual.accounts.get(account);
    expect("balance", `the balance of ${account}`, due.balance, found?.balance, account);
    expect("balance", `what ${account} withdraws`, withdrawingOf(due), found?.withdrawing, account);
    expect(
      "balance",
      `the time from which ${account} may withdraw`,
      due.withdrawableAt,
      found?.withdrawableAt,
      account,
    );
    expect("balance", `the recipient of ${account}'s withdrawal`, due.recipient, found?.recipient, account);
    expect("balance", `the next release of ${account}`, due.releaseNonce, found?.releaseNonce, account);
    if (cloudedNonces.has(account)) continue;
    expect("balance", `the next nonce of ${account}`, String(due.nonce), String(found?.nonce), account);
  }
}

function compareSessions({ replayed, actual, clouded }: Comparison, expect: Expect): void {
  for (const [id, due] of replayed.sessions) {
    const [account = "", sessionKey] = id.split("/");
    if (clouded.has(account)) continue;
    const found = actual.sessions.get(id);
    const name = `of session ${sessionKey} of ${account}`;
    for (const field of ["limit", "expiresAt", "revoked"] as const)
      expect("session", `${field} ${name}`, due[field], found?.[field], account);
    const spent = spentSince(replayed.accounts.get(account), due);
    expect("session", `spent ${name}`, spent, found?.spent, account);
  }
}

function compareBond({ replayed, actual, time }: Comparison, expect: Expect): void {
  for (const field of ["amount", "withdrawing", "withdrawableAt"] as const)
    expect("bond-state", `${field} of the bond`, replayed.bond[field], actual.bond[field]);
  for (const [key, due] of replayed.allotters) {
    const found = actual.allotters.get(key);
    expect("bond-state", `bondBudget of allotter ${key}`, budgetAt(due, time), found?.bondBudget);
    for (const field of ["isCurrent", "retiredAt", "bondSpent", "nextBudget", "effectiveAt"] as const)
      expect("bond-state", `${field} of allotter ${key}`, due[field], found?.[field]);
  }
}

function compareRest({ replayed, actual, time }: Comparison, expect: Expect): void {
  expect("contract-state", "the number of batches", replayed.batchCount, actual.batchCount);
  expect("contract-state", "the owner", replayed.owner, actual.owner);
  expect("contract-state", "the pending owner", replayed.pendingOwner, actual.pendingOwner);
  expect("contract-state", "the operator", replayed.operator, actual.operator);
  expect("contract-state", "the fee recipient", replayed.feeRecipient, actual.feeRecipient);
  expect("contract-state", "the fee in basis points", feeAt(replayed.fee, time), actual.fee.current);
  expect("contract-state", "the announced fee in basis points", replayed.fee.next, actual.fee.next);
  expect("contract-state", "the time of the announced fee", replayed.fee.effectiveAt, actual.fee.effectiveAt);
  expect("contract-state", "the pause of deposits", replayed.isPaused, actual.isPaused);
  expect("contract-state", "the sum of all balances and the bond", replayed.totalBalance, actual.totalBalance);
}
