import type { BatchRecord } from "../facts/batch-record.ts";
import type { Entry } from "../facts/events.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import { type Run, report, type TransactionRun } from "./run.ts";

/** What a batch must do, by its calldata. */
export interface Outcome {
  readonly rowCount: number;
  readonly debits: ReadonlyMap<Address, bigint>;
  /** Net of fees. */
  readonly credits: ReadonlyMap<Address, bigint>;
  readonly total: bigint;
  readonly fee: bigint;
  readonly feeBps: bigint;
  readonly outcomeHash: Hex;
}

/** Compares a batch's events with what its rows add up to. */
export function checkBatchTotals(run: Run, tx: TransactionRun, record: BatchRecord, outcome: Outcome): void {
  const { number: batch, settled } = record;
  const { facts } = tx;
  const { money } = run;

  const debited = sumByAccount(record.debited);
  for (const [account, due, said] of differences(outcome.debits, debited)) {
    const sentence = `batch ${batch} says that it took ${money(said)} from ${account}; its paid rows take ${money(due)}`;
    report(run, "batch-totals", facts, sentence, { batch, account, expected: String(due), actual: String(said) });
  }
  const credited = sumByAccount(record.credited);
  for (const [account, due, said] of differences(outcome.credits, credited)) {
    const sentence = `batch ${batch} says that it paid ${money(said)} to ${account}; its paid rows give ${money(due)}`;
    report(run, "batch-totals", facts, sentence, { batch, account, expected: String(due), actual: String(said) });
  }
  if (settled.total !== outcome.total) {
    const sentence = `batch ${batch} says that it moved ${money(settled.total)}; its paid rows sum to ${money(outcome.total)}`;
    const details = { batch, expected: String(outcome.total), actual: String(settled.total) };
    report(run, "batch-totals", facts, sentence, details);
  }
  if (settled.fee !== outcome.fee) {
    const due = `${outcome.feeBps} basis points of each paid row are ${money(outcome.fee)}`;
    const details = { batch, expected: String(outcome.fee), actual: String(settled.fee) };
    report(run, "fee", facts, `batch ${batch} took a fee of ${money(settled.fee)}; ${due}`, details);
  }
  if (settled.outcomeHash !== outcome.outcomeHash) {
    const sentence = `batch ${batch} announces an outcome hash that its calldata does not give`;
    const details = { batch, expected: outcome.outcomeHash, actual: settled.outcomeHash };
    report(run, "outcome-hash", facts, sentence, details);
  }
  for (const [i, { row }] of record.skipped.entries()) {
    const before = record.skipped[i - 1]?.row ?? -1;
    if (row > before) continue;
    const sentence = `batch ${batch} names skipped row ${row} after row ${before}: they do not ascend`;
    report(run, "row-skipped", facts, sentence, { batch, row });
  }
  for (const { row } of record.skipped.filter((event) => event.row >= outcome.rowCount)) {
    const sentence = `batch ${batch} skipped row ${row}, but has ${outcome.rowCount} rows`;
    report(run, "row-skipped", facts, sentence, { batch, row });
  }
}

function sumByAccount(entries: readonly Entry[]): Map<Address, bigint> {
  const sums = new Map<Address, bigint>();
  for (const { account, amount } of entries) sums.set(account, (sums.get(account) ?? 0n) + amount);
  return sums;
}

function differences(
  due: ReadonlyMap<Address, bigint>,
  said: ReadonlyMap<Address, bigint>,
): (readonly [Address, bigint, bigint])[] {
  const keys = [...new Set([...due.keys(), ...said.keys()])];
  return keys
    .map((key) => [key, due.get(key) ?? 0n, said.get(key) ?? 0n] as const)
    .filter(([, expected, actual]) => expected !== actual);
}
