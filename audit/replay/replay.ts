import type { Finding, NotChecked } from "../checks.ts";
import type { BatchEvent, ChainEvent } from "../facts/events.ts";
import type { Address, Rules, TransactionFacts } from "../facts/facts.ts";
import type { LaneBook } from "../facts/lane-book.ts";
import type { ContractState } from "../facts/state.ts";
import type { Tallies } from "../facts/tallies.ts";
import { replayBatch } from "./events/replay-batch.ts";
import { replayEvent } from "./events/replay-event.ts";
import type { Observer } from "./observer.ts";
import { createRun, type Run, report, type TransactionRun } from "./run.ts";
import { checkSilentCalls } from "./silent-calls.ts";
import { checkTokenFlow } from "./token-flow.ts";

export interface ReplayInput {
  readonly rules: Rules;
  /** In chain order, from the contract's creation. */
  readonly history: Iterable<TransactionFacts>;
  readonly contractWallets: ReadonlySet<Address>;
  /** Prints base units for a sentence. */
  readonly money: (amount: bigint) => string;
  readonly observers?: readonly Observer[];
  /** Default: in memory. */
  readonly lanes?: LaneBook;
  /** The last block and its time. Default: that of the last transaction. */
  readonly end?: { readonly block: number; readonly time: number };
}

export interface ReplayResult {
  /** What the contract must hold after `history`. */
  readonly state: ContractState;
  readonly lanes: LaneBook;
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  readonly tallies: Readonly<Tallies>;
  /** Payers whose sessions cannot be compared, because a call that debited them was not seen. */
  readonly clouded: ReadonlySet<Address>;
  /** Accounts whose nonces cannot be compared, because a call that released their money was not seen. */
  readonly cloudedNonces: ReadonlySet<Address>;
}

/** Does everything once more that the contract has done, and says where it should have done otherwise. Pure. */
export function replay(input: ReplayInput): ReplayResult {
  const { history, contractWallets, end, ...options } = input;
  const run = createRun(options);
  for (const wallet of contractWallets) run.contractWallets.add(wallet);
  replayHistory(run, history);
  finishReplay(run, end ?? run.last);
  return run;
}

/** The next part of the history. */
export function replayHistory(run: Run, history: Iterable<TransactionFacts>): void {
  for (const facts of history) {
    if (facts.block > run.last.block)
      for (const observer of run.observers) observer.beforeBlock?.(run, facts.block, facts.time);
    run.tallies.transactions++;
    run.last = { block: facts.block, time: facts.time };
    replayTransaction(run, facts);
  }
}

/** Nothing follows until this block. */
export function finishReplay(run: Run, end: { readonly block: number; readonly time: number }): void {
  for (const observer of run.observers) observer.finish?.(run, end.block, end.time);
}

function replayTransaction(run: Run, facts: TransactionFacts): void {
  const tx: TransactionRun = { facts, calls: facts.calls && [...facts.calls] };
  const open = new Map<number, BatchEvent[]>();
  for (const event of facts.events) {
    if (!isBatchEvent(event)) {
      replayEvent(run, tx, event);
      tell(run, facts, event);
      continue;
    }
    const events = open.get(event.batch) ?? [];
    events.push(event);
    open.set(event.batch, events);
    if (event.kind !== "Settled") continue;
    open.delete(event.batch);
    replayBatch(run, tx, events);
    for (const told of events) tell(run, facts, told);
  }
  for (const batch of open.keys()) {
    report(run, "batch-totals", facts, `events name batch ${batch}, but no Settled event closes it`, { batch });
  }
  checkSilentCalls(run, tx);
  checkTokenFlow(run, facts);
}

function tell(run: Run, facts: TransactionFacts, event: ChainEvent): void {
  for (const observer of run.observers) observer.afterEvent?.(run, facts, event);
}

function isBatchEvent(event: ChainEvent): event is BatchEvent {
  return "batch" in event;
}
