import type { Finding, NotChecked } from "./checks.ts";
import type { BatchEvent, ChainEvent } from "./events.ts";
import type { Address, Rules, TransactionFacts } from "./facts.ts";
import { replayBatch } from "./replay-batch.ts";
import { replayEvent } from "./replay-event.ts";
import { type Run, report, type TransactionRun } from "./run.ts";
import { domainSeparatorOf } from "./signatures.ts";
import { checkSilentCalls } from "./silent-calls.ts";
import { type ContractState, emptyState } from "./state.ts";
import { emptyTallies, type Tallies } from "./tallies.ts";
import { checkTokenFlow } from "./token-flow.ts";

export interface ReplayInput {
  readonly rules: Rules;
  /** In chain order, from the contract's creation. */
  readonly history: readonly TransactionFacts[];
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
  /** Accounts whose nonces cannot be compared, because a call that released their money was not seen. */
  readonly cloudedNonces: ReadonlySet<Address>;
}

/** Does everything once more that the contract has done, and says where it should have done otherwise. Pure. */
export function replay({ rules, history, contractWallets, money }: ReplayInput): ReplayResult {
  const run: Run = {
    rules,
    domain: domainSeparatorOf(rules),
    state: emptyState(),
    findings: [],
    notChecked: [],
    tallies: emptyTallies(),
    batchPayments: new Map(),
    clouded: new Set(),
    cloudedNonces: new Set(),
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
  checkSilentCalls(run, tx);
  checkTokenFlow(run, facts);
}

function isBatchEvent(event: ChainEvent): event is BatchEvent {
  return "batch" in event;
}
