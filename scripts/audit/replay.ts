import type { Finding, NotChecked } from "./checks.ts";
import type { Address, BatchEvent, ChainEvent, Rules, TransactionFacts } from "./facts.ts";
import { replayBatch } from "./replay-batch.ts";
import { replayClaim } from "./replay-claim.ts";
import { replayAllotterSet, replayFeeSet } from "./replay-owner.ts";
import { replaySessionAuthorized, replaySessionRevoked } from "./replay-session.ts";
import { replayWithdrawalRequested, replayWithdrawn } from "./replay-withdrawal.ts";
import { type Run, report, type Tallies, type TransactionRun } from "./run.ts";
import { domainSeparatorOf } from "./signatures.ts";
import { accountIn, type ContractState } from "./state.ts";
import { checkTokenFlow } from "./token-flow.ts";

export interface ReplayInput {
  readonly rules: Rules;
  /** In chain order. */
  readonly history: readonly TransactionFacts[];
  /** The contract's state before `history`; empty when that begins with its deployment. */
  readonly opening: ContractState;
  readonly contractWallets: ReadonlySet<Address>;
  /** Prints base units for a sentence. */
  readonly money: (amount: bigint) => string;
}

export interface ReplayResult {
  /** What the contract must hold after `history`. */
  readonly state: ContractState;
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  readonly tallies: Readonly<Tallies>;
  /** Payers whose sessions cannot be compared, because a call that debited them was not seen. */
  readonly clouded: ReadonlySet<Address>;
}

/** Does everything once more that the contract has done, and says where it should have done otherwise. Pure. */
export function replay(input: ReplayInput): ReplayResult {
  const { rules, history, opening, contractWallets, money } = input;
  const run: Run = {
    rules,
    domain: domainSeparatorOf(rules),
    state: structuredClone(opening),
    findings: [],
    notChecked: [],
    tallies: {
      batches: 0,
      rows: 0,
      rowsPaid: 0,
      rowsSkipped: 0,
      signaturesChecked: 0,
      claims: 0,
      claimed: 0n,
      deposited: 0n,
      withdrawn: 0n,
      settled: 0n,
      fees: 0n,
    },
    clouded: new Set(),
    usedNonces: new Set(),
    contractWallets,
    money,
  };
  for (const facts of history) replayTransaction(run, facts);
  return run;
}

function replayTransaction(run: Run, facts: TransactionFacts): void {
  const tx: TransactionRun = { facts, calls: facts.calls && [...facts.calls] };
  const open = new Map<number, BatchEvent[]>();
  for (const event of facts.events) {
    if (!isBatchEvent(event)) {
      replayEvent(run, tx, event);
      continue;
    }
    const events = [...(open.get(event.batch) ?? []), event];
    open.set(event.batch, events);
    if (event.kind !== "Settled") continue;
    open.delete(event.batch);
    replayBatch(run, tx, events);
  }
  for (const batch of open.keys()) {
    report(run, "batch-totals", facts, `events name batch ${batch}, but no Settled event closes it`, { batch });
  }
  if (tx.calls?.some((call) => call.kind === "settle")) {
    report(run, "batch-calldata", facts, "a call of settle left no Settled event");
  }
  checkTokenFlow(run, facts);
}

function isBatchEvent(event: ChainEvent): event is BatchEvent {
  return "batch" in event;
}

function replayEvent(run: Run, tx: TransactionRun, event: Exclude<ChainEvent, BatchEvent>): void {
  const { state, tallies } = run;
  switch (event.kind) {
    case "Deposited":
      accountIn(state, event.account).balance += event.amount;
      state.totalBalance += event.amount;
      tallies.deposited += event.amount;
      return;
    case "SessionAuthorized":
      replaySessionAuthorized(run, tx, event);
      return;
    case "SessionRevoked":
      replaySessionRevoked(run, tx, event);
      return;
    case "Claimed":
      replayClaim(run, tx, event);
      return;
    case "WithdrawalRequested":
      replayWithdrawalRequested(run, tx, event);
      return;
    case "Withdrawn":
      replayWithdrawn(run, tx, event);
      return;
    case "OperatorSet":
      state.operator = event.operator;
      return;
    case "FeeRecipientSet":
      state.feeRecipient = event.feeRecipient;
      return;
    case "AllotterSet":
      replayAllotterSet(run, tx, event);
      return;
    case "FeeSet":
      replayFeeSet(run, tx, event);
      return;
    case "OwnershipTransferred":
      return;
  }
}
