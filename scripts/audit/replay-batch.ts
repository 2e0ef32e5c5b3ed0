import { AbiCoder, keccak256 } from "ethers";
import { type Batch, type BatchGroup, type BatchRow, readBatch } from "./batch-bytes.ts";
import { checkBatchTotals, type Outcome } from "./check-batch-totals.ts";
import type { CheckName } from "./checks.ts";
import type { Address, BatchEvent, EventOf, Hex, SkipReason } from "./facts.ts";
import { isSigned, judgeRow } from "./judge-row.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "./run.ts";
import { accountIn, debit, feeAt, pairId, sessionIn } from "./state.ts";

/** The events of one batch, from its first to its `Settled`. */
export interface BatchRecord {
  readonly number: number;
  readonly skipped: readonly EventOf<"RowSkipped">[];
  readonly debited: readonly EventOf<"Debited">[];
  readonly credited: readonly EventOf<"Credited">[];
  readonly settled: EventOf<"Settled">;
}

const PAID_WRONGLY: Record<SkipReason, { readonly check: CheckName; readonly because: string }> = {
  PAYEE: { check: "row-payee", because: "its payee is address 0 or the payer" },
  SIGNATURE: { check: "row-signature", because: "its session key did not sign it" },
  STALE: { check: "row-lane", because: "its amount is 0 or its lane was used before" },
  SESSION: { check: "row-session", because: "its session was never authorized, or over" },
  UNCOVERED: { check: "row-covered", because: "balance or session limit did not cover it" },
};

/** Settles a batch once more, from its calldata, and compares every step with what the contract said it did. */
export function replayBatch(run: Run, tx: TransactionRun, events: readonly BatchEvent[]): void {
  const settled = events.at(-1) as EventOf<"Settled">;
  const record: BatchRecord = {
    number: settled.batch,
    skipped: events.filter((event) => event.kind === "RowSkipped"),
    debited: events.filter((event) => event.kind === "Debited"),
    credited: events.filter((event) => event.kind === "Credited"),
    settled,
  };
  const batch = findCalldata(run, tx, record);
  countBatch(run, tx, record);
  if (batch === null) applyRecord(run, record);
  else settleAgain(run, tx, batch, record);
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
    const why = "was settled through another contract, and the RPC node offers no trace of the transaction";
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
  if (batch.evidenceHash !== settled.evidenceHash) {
    report(run, "batch-calldata", tx.facts, `batch ${number} announces another evidence hash than it carries`, {
      batch: number,
      expected: batch.evidenceHash,
      actual: settled.evidenceHash,
    });
  }
  return batch;
}

function settleAgain(run: Run, tx: TransactionRun, batch: Batch, record: BatchRecord): void {
  const { state, tallies } = run;
  const { time } = tx.facts;
  const claimedReasons = new Map(record.skipped.map((event) => [event.row, event.reason]));
  const debits = new Map<Address, bigint>();
  const credits = new Map<Address, bigint>();
  const feeBps = BigInt(feeAt(state.fee, time));
  let [total, fee, rowCount, outcomeHash] = [0n, 0n, 0, keccak256(batch.header)];

  for (const group of batch.groups) {
    const account = accountIn(state, group.payer);
    const session = sessionIn(state, group.payer, group.sessionKey);
    let bitmap = 0n;
    group.rows.forEach((row, bit) => {
      rowCount++;
      if (!isPaid(run, tx, record.number, group, row, claimedReasons.get(row.index) ?? null)) {
        tallies.rowsSkipped++;
        return;
      }
      tallies.rowsPaid++;
      bitmap |= 1n << BigInt(bit);
      const rowFee = (row.amount * feeBps) / 10_000n;
      debit(account, session, row.amount);
      state.usedLanes.add(pairId(group.payer, row.lane));
      add(debits, group.payer, row.amount);
      add(credits, row.payee, row.amount - rowFee);
      total += row.amount;
      fee += rowFee;
    });
    outcomeHash = foldOutcome(outcomeHash, group.bytes, bitmap);
  }
  // After all debits: earnings of a batch cannot pay for rows of the same batch.
  for (const [payee, amount] of credits) accountIn(state, payee).balance += amount;
  if (fee > 0n) accountIn(state, state.feeRecipient).balance += fee;

  const outcome: Outcome = { rowCount, debits, credits, total, fee, feeBps, outcomeHash };
  checkBatchTotals(run, tx, record, outcome);
  state.outcomeHashes.set(record.number, outcomeHash);
  tallies.rows += rowCount;
  tallies.settled += total;
  tallies.fees += fee;
}

/** Decides about one row as the contract must have, and reports where `said` (its reason, or null for paid) differs. */
function isPaid(
  run: Run,
  tx: TransactionRun,
  batch: number,
  group: BatchGroup,
  row: BatchRow,
  said: SkipReason | null,
): boolean {
  const due = judgeRow(run, group, row, tx.facts.time);
  if (due === said) return due === null;
  if (run.clouded.has(group.payer) && dependsOnHidden(due, said) && (said !== null || isSigned(run, group, row))) {
    const sentence = `row ${row.index} of batch ${batch} depends on an earlier batch that was not seen`;
    reportNotChecked(run, tx.facts, sentence);
    return said === null;
  }
  const name = `row ${row.index} of batch ${batch} (lane ${row.lane}, ${run.money(row.amount)})`;
  const details = { batch, row: row.index, account: group.payer, expected: due ?? "paid", actual: said ?? "paid" };
  if (said === null) {
    const { check, because } = PAID_WRONGLY[due as SkipReason];
    report(run, check, tx.facts, `${name} was paid, but ${because}`, details);
  } else if (due === null) {
    report(run, "row-skipped", tx.facts, `${name} was skipped as ${said}, but nothing speaks against it`, details);
  } else {
    report(run, "row-skipped", tx.facts, `${name} was skipped as ${said}; the reason is ${due}`, details);
  }
  return due === null;
}

function dependsOnHidden(...reasons: readonly (SkipReason | null)[]): boolean {
  return reasons.some((reason) => reason === "STALE" || reason === "UNCOVERED");
}

/** h = keccak256(abi.encode(h, keccak256(group), bitmap)). */
function foldOutcome(hash: Hex, group: Hex, bitmap: bigint): Hex {
  const words = [hash, keccak256(group), bitmap];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "uint256"], words));
}

/** Without calldata, the events are all there is: later batches can still be checked against them. */
function applyRecord(run: Run, { number, debited, credited, settled, skipped }: BatchRecord): void {
  const { state, tallies } = run;
  for (const { payer, amount } of debited) {
    debit(accountIn(state, payer), null, amount);
    run.clouded.add(payer);
  }
  for (const { payee, amount } of credited) accountIn(state, payee).balance += amount;
  accountIn(state, state.feeRecipient).balance += settled.fee;
  state.outcomeHashes.set(number, settled.outcomeHash);
  tallies.settled += settled.total;
  tallies.fees += settled.fee;
  tallies.rowsSkipped += skipped.length;
}

function add(sums: Map<Address, bigint>, key: Address, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}
