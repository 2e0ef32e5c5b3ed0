import type { CheckName } from "../checks.ts";
import type { Batch, BatchGroup, BatchRow } from "../facts/batch-bytes.ts";
import type { BatchRecord } from "../facts/batch-record.ts";
import type { SkipReason } from "../facts/events.ts";
import type { Address } from "../facts/primitives.ts";
import { accountIn, feeAt, spend } from "../facts/state.ts";
import type { Tallies } from "../facts/tallies.ts";
import { checkBatchTotals, type Outcome } from "./check-batch-totals.ts";
import type { ObservedRun } from "./create-run.ts";
import { judgeRow, type OpenGroup, openGroup } from "./judge-row.ts";
import { leafOfGroup, rootOf } from "./outcome.ts";
import { type Run, report, reportNotChecked, type TransactionRun } from "./run.ts";

const PAID_WRONGLY: Record<SkipReason, { readonly check: CheckName; readonly because: string }> = {
  PAYEE: { check: "row-payee", because: "its payee is the payer" },
  SIGNATURE: { check: "row-signature", because: "its session key did not sign it" },
  STALE: { check: "row-lane", because: "its amount is 0 or its lane was used before" },
  SESSION: { check: "row-session", because: "its session was never authorized, or had ended" },
  UNCOVERED: { check: "row-covered", because: "balance or session limit did not cover it" },
};

/** Running sums over the rows that a batch pays. */
interface Sums {
  readonly debits: Map<Address, bigint>;
  readonly credits: Map<Address, bigint>;
  total: bigint;
  fee: bigint;
}

/** Pays a batch's rows again, and compares each with what the contract said. */
export function settleAgain(run: ObservedRun, tx: TransactionRun, batch: Batch, record: BatchRecord): void {
  const { state, tallies } = run;
  const feeBps = BigInt(feeAt(state.fee, tx.facts.time));
  const sums: Sums = { debits: new Map(), credits: new Map(), total: 0n, fee: 0n };
  const leaves: string[] = [];
  let rowCount = 0;
  const skipped = new Map(record.skipped.map(({ row, reason }) => [row, reason]));
  for (const group of batch.groups) {
    countSignatures(tallies, group);
    const open = openGroup(run, group);
    const paid = group.rows.map((row) => {
      const isPaid = decideRow(run, tx, record, skipped, open, row);
      const fee = isPaid ? payRow(run, tx, record.number, open, row, feeBps, sums) : 0n;
      const judged = { batch: record.number, group, row, isPaid, fee };
      for (const observer of run.observers) observer.rowJudged?.(run, tx.facts, judged);
      return isPaid;
    });
    const paidCount = paid.filter(Boolean).length;
    tallies.rowsPaid += paidCount;
    tallies.rowsSkipped += paid.length - paidCount;
    rowCount += paid.length;
    leaves.push(leafOfGroup(group.payer, group.rows, bitmapOf(paid)));
  }
  // After all debits: what a batch earns an account cannot pay rows of the same batch.
  for (const [payee, amount] of sums.credits) accountIn(state, payee).balance += amount;
  if (sums.fee > 0n) accountIn(state, state.feeRecipient).balance += sums.fee;

  const outcomeHash = rootOf(leaves);
  checkBatchTotals(run, tx, record, { ...sums, rowCount, feeBps, outcomeHash } satisfies Outcome);
  run.lanes.setOutcomeHash(record.number, outcomeHash, tx.facts.block);
  tallies.rows += rowCount;
  tallies.settled += sums.total;
  tallies.fees += sums.fee;
}

function countSignatures(tallies: Tallies, group: BatchGroup): void {
  if (group.signature === null) tallies.vouchers += group.rows.length;
  else tallies.statements++;
}

/** Returns the fee. */
function payRow(
  run: Run,
  tx: TransactionRun,
  batch: number,
  { group, payer }: OpenGroup,
  row: BatchRow,
  feeBps: bigint,
  sums: Sums,
): bigint {
  const { payee, amount } = row;
  const fee = (amount * feeBps) / 10_000n;
  spend(payer, amount);
  run.lanes.setBatchPayment(group.payer, row.lane, { batch, payee, amount }, tx.facts.block);
  add(sums.debits, group.payer, amount);
  add(sums.credits, payee, amount - fee);
  sums.total += amount;
  sums.fee += fee;
  return fee;
}

/** Bit i: row i paid. */
function bitmapOf(paid: readonly boolean[]): bigint {
  return paid.reduce((bits, isPaid, i) => (isPaid ? bits | (1n << BigInt(i)) : bits), 0n);
}

/** Decides about one row as the contract must, and reports where the contract said otherwise. */
function decideRow(
  run: Run,
  tx: TransactionRun,
  { number: batch }: BatchRecord,
  skipped: ReadonlyMap<number, SkipReason>,
  open: OpenGroup,
  row: BatchRow,
): boolean {
  const { group, isSigned } = open;
  const said = skipped.get(row.index) ?? null;
  const due = judgeRow(run, open, row, tx.facts.time);
  if (due === said) return due === null;
  if (run.clouded.has(group.payer) && dependsOnHidden(due, said) && (said !== null || isSigned(row))) {
    const sentence = `row ${row.index} of batch ${batch} depends on an earlier call that could not be seen`;
    reportNotChecked(run, tx.facts, sentence);
    return said === null;
  }
  const name = `row ${row.index} of batch ${batch} (lane ${row.lane}, ${run.money(row.amount)})`;
  const details = { batch, row: row.index, account: group.payer, expected: due ?? "paid", actual: said ?? "paid" };
  if (said === null) {
    const { check, because } = PAID_WRONGLY[due as SkipReason];
    const isStatement = due === "SIGNATURE" && group.signature !== null;
    const found = isStatement ? "statement-signature" : check;
    report(run, found, tx.facts, `${name} was paid, but ${because}`, details);
  } else if (due === null) {
    report(run, "row-skipped", tx.facts, `${name} was skipped as ${said}, but could have been paid`, details);
  } else {
    report(run, "row-skipped", tx.facts, `${name} was skipped as ${said}; the reason is ${due}`, details);
  }
  return due === null;
}

function dependsOnHidden(...reasons: readonly (SkipReason | null)[]): boolean {
  return reasons.some((reason) => reason === "STALE" || reason === "UNCOVERED");
}

function add(sums: Map<Address, bigint>, key: Address, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}
