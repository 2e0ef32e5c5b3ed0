import { type Batch, readBatch } from "../../facts/batch-bytes.ts";
import type { BatchRecord } from "../../facts/batch-record.ts";
import type { BatchEvent, EventOf } from "../../facts/events.ts";
import { accountIn, spend } from "../../facts/state.ts";
import type { ObservedRun } from "../create-run.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "../run.ts";
import { settleAgain } from "../settle-again.ts";

/** Settles a batch again from its calldata, and compares every step with what the contract said. */
export function replayBatch(run: ObservedRun, tx: TransactionRun, events: readonly BatchEvent[]): void {
  const settled = events.at(-1) as EventOf<"Settled">;
  const record: BatchRecord = {
    number: settled.batch,
    skipped: events.filter((event) => event.kind === "RowSkipped"),
    debited: events.flatMap((event) => (event.kind === "Debited" ? event.entries : [])),
    credited: events.flatMap((event) => (event.kind === "Credited" ? event.entries : [])),
    settled,
  };
  if (!tx.facts.isDirect) {
    const sentence = `batch ${record.number} came through another contract, which the contract does not allow`;
    report(run, "operator-key", tx.facts, sentence, { batch: record.number });
  }
  const batch = findCalldata(run, tx, record);
  countBatch(run, tx, record);
  if (batch === null) applyRecord(run, tx, record);
  else settleAgain(run, tx, batch, record);
  for (const observer of run.observers) observer.batchSettled?.(run, tx.facts, batch, record);
}

function countBatch(run: Run, tx: TransactionRun, { number }: BatchRecord): void {
  const expected = run.state.batchCount + 1;
  if (number !== expected) {
    report(run, "batch-calldata", tx.facts, `batch ${number} follows batch ${expected - 1}`, {
      batch: number,
      expected: String(expected),
      actual: String(number),
    });
  }
  run.state.batchCount = number;
  run.tallies.batches++;
}

function findCalldata(run: Run, tx: TransactionRun, { number, settled }: BatchRecord): Batch | null {
  const call = takeCall(tx, ["settle"]);
  if (call === "hidden") {
    const why = "was settled by a call that could not be read";
    reportNotChecked(run, tx.facts, `batch ${number} ${why}: its rows, signatures and sender were not seen`);
    return null;
  }
  if (call === null) {
    report(run, "batch-calldata", tx.facts, `no call of settle explains batch ${number}`, { batch: number });
    return null;
  }
  if (call.sender !== run.state.operator) {
    const sentence = `batch ${number} was sent by ${call.sender}; the operator was ${run.state.operator}`;
    const details = { batch: number, expected: run.state.operator, actual: call.sender };
    report(run, "operator", tx.facts, sentence, details);
  }
  const batch = readBatch(call.batch);
  if (typeof batch === "string") {
    report(run, "batch-calldata", tx.facts, `batch ${number} cannot be read: ${batch}`, { batch: number });
    return null;
  }
  checkHeader(run, tx, number, batch);
  if (batch.bundleHash !== settled.bundleHash) {
    report(run, "batch-calldata", tx.facts, `batch ${number} announces another bundle hash than it carries`, {
      batch: number,
      expected: batch.bundleHash,
      actual: settled.bundleHash,
    });
  }
  return batch;
}

/** What the contract refuses before it looks at a row. */
function checkHeader(run: Run, tx: TransactionRun, batch: number, { validUntil, payees }: Batch): void {
  const { time } = tx.facts;
  if (time > validUntil) {
    const sentence = `batch ${batch} was settled ${time - validUntil} s after the time until which it was valid`;
    const details = { batch, expected: String(validUntil), actual: String(time) };
    report(run, "batch-calldata", tx.facts, sentence, details);
  }
  if (payees.includes(run.rules.contract)) {
    report(run, "batch-calldata", tx.facts, `batch ${batch} names the contract itself as a payee`, { batch });
  }
}

/** Without calldata only the events are left. Later batches can still be checked against them. */
function applyRecord(run: Run, tx: TransactionRun, { number, debited, credited, settled, skipped }: BatchRecord): void {
  const { state, tallies } = run;
  for (const { account, amount } of debited) {
    spend(accountIn(state, account), amount);
    run.clouded.add(account);
  }
  for (const { account, amount } of credited) accountIn(state, account).balance += amount;
  accountIn(state, state.feeRecipient).balance += settled.fee;
  run.lanes.setOutcomeHash(number, settled.outcomeHash, tx.facts.block);
  tallies.settled += settled.total;
  tallies.fees += settled.fee;
  tallies.rowsSkipped += skipped.length;
}
