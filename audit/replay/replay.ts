import type { BatchEvent, ChainEvent } from "../facts/events.ts";
import type { Rules, TransactionFacts } from "../facts/facts.ts";
import type { LaneBook } from "../facts/lane-book.ts";
import type { Address } from "../facts/primitives.ts";
import type { ContractState } from "../facts/state.ts";
import type { Tallies } from "../facts/tallies.ts";
import type { Finding, NotChecked } from "../findings.ts";
import { createRun, type ObservedRun } from "./create-run.ts";
import { replayBatch } from "./events/replay-batch.ts";
import { replayEvent } from "./events/replay-event.ts";
import type { Observer } from "./observer.ts";
import { report, type TransactionRun } from "./run.ts";
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
  /** Payers whose sessions cannot be compared: a call that debited them was hidden. */
  readonly clouded: ReadonlySet<Address>;
  /** Accounts whose nonces cannot be compared: a call that released their money was hidden. */
  readonly cloudedNonces: ReadonlySet<Address>;
}

/** Repeats everything that the contract did, and reports each difference. Pure. */
export function replay(input: ReplayInput): ReplayResult {
  const { history, contractWallets, end, ...options } = input;
  const run = createRun(options);
  for (const wallet of contractWallets) run.contractWallets.add(wallet);
  replayHistory(run, history);
  finishReplay(run, end ?? run.last);
  return run;
}

/** Replays the next part of the history. */
export function replayHistory(run: ObservedRun, history: Iterable<TransactionFacts>): void {
  for (const facts of history) {
    if (facts.block > run.last.block)
      for (const observer of run.observers) observer.beforeBlock?.(run, facts.block, facts.time);
    run.tallies.transactions++;
    run.last = { block: facts.block, time: facts.time };
    replayTransaction(run, facts);
  }
}

/** Ends the replay: nothing more follows up to this block. */
export function finishReplay(run: ObservedRun, end: { readonly block: number; readonly time: number }): void {
  for (const observer of run.observers) observer.finish?.(run, end.block, end.time);
}

function replayTransaction(run: ObservedRun, facts: TransactionFacts): void {
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

function tell(run: ObservedRun, facts: TransactionFacts, event: ChainEvent): void {
  for (const observer of run.observers) observer.afterEvent?.(run, facts, event);
}

function isBatchEvent(event: ChainEvent): event is BatchEvent {
  return "batch" in event;
}
