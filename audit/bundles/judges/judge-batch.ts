import type { CheckName } from "../../checks.ts";
import type { Batch, BatchGroup } from "../../facts/batch-bytes.ts";
import type { BatchRecord } from "../../facts/batch-record.ts";
import type { TransactionFacts } from "../../facts/facts.ts";
import type { JudgedRow } from "../../replay/observer.ts";
import { type Run, report } from "../../replay/run.ts";
import { asShown, type BundleBook, isSame } from "../bundle-book.ts";
import type { BundleFile } from "../bundle-files.ts";
import type { ListedVoucher } from "../listed-vouchers.ts";
import { deadlineOf } from "./deadlines.ts";

/** One batch to be judged, with the bundle that it names. */
export interface BatchCase {
  readonly run: Run;
  readonly facts: TransactionFacts;
  readonly book: BundleBook;
  readonly record: BatchRecord;
  readonly file: BundleFile;
}

/**
 * Compares a batch with its bundle, line by line. Returns the longest time from a receipt to this
 * settlement, in seconds.
 */
export function judgeBatch(one: BatchCase, batch: Batch, rows: readonly JudgedRow[]): number {
  let longest = 0;
  for (const row of rows) {
    const listed = judgeListing(one, row);
    judgeAllotment(one, row, listed);
    if (!row.isPaid) judgeSkip(one, row);
    if (listed && row.isPaid) longest = Math.max(longest, one.facts.time - listed.receivedAt);
  }
  judgeStatements(one, batch);
  judgeUnsettled(one, rows);
  return longest;
}

function fail(one: BatchCase, check: CheckName, row: JudgedRow | null, why: string, due = "", found = ""): void {
  const { run, facts, record } = one;
  const what = row === null ? `batch ${record.number}` : `row ${row.row.index} of batch ${record.number}`;
  const lane = row === null ? "" : ` (lane ${row.row.lane}, ${run.money(row.row.amount)})`;
  report(run, check, facts, `${what}${lane} ${why}`, {
    batch: record.number,
    ...(row !== null && { row: row.row.index, account: row.group.payer }),
    ...(due !== "" && { expected: due, actual: found }),
  });
}

function judgeListing(one: BatchCase, judged: JudgedRow): ListedVoucher | undefined {
  const { book, file, run } = one;
  const { group, row } = judged;
  const payer = group.payer.toLowerCase();
  const listed = book.listed.find(file.file, payer, row.lane);
  // A lane of which the authority held no voucher: its bundle lists the statement instead.
  if (listed === undefined && row.signature === null) return undefined;
  if (listed === undefined || listed.reason !== null) {
    const how = listed === undefined ? "does not list" : `lists as left out (${listed.reason})`;
    fail(one, "bundle-rows", judged, `settles a lane that its bundle ${how}`);
    return listed;
  }
  const before = book.listed.lastBefore(file.file, payer, row.lane);
  const held = before && before.amount > listed.amount ? before.amount : listed.amount;
  if (row.amount < held) {
    const why = `settles less than the voucher of ${run.money(held)} that the authority held`;
    fail(one, "row-below-voucher", judged, why, String(held), String(row.amount));
  } else if (row.signature !== null && (row.amount !== listed.amount || row.signature !== listed.signature))
    fail(one, "bundle-rows", judged, "is not the voucher that its bundle lists", listed.signature, row.signature);
  return listed;
}

function judgeAllotment(one: BatchCase, judged: JudgedRow, listed: ListedVoucher | undefined): void {
  const { book, run, facts } = one;
  const { group, row } = judged;
  const allotment = book.allotments.find(group.payer, row.lane);
  if (allotment === undefined) {
    if (book.isComplete) fail(one, "row-allotment", judged, "is of a lane whose allotment no bundle holds");
    return;
  }
  const { payee, sessionKey, cap } = allotment;
  if (!isSame(payee, row.payee))
    fail(one, "row-allotment", judged, "pays another payee than its allotment", asShown(payee), row.payee);
  if (!isSame(sessionKey, group.sessionKey)) {
    const why = "is of another session key than its allotment";
    fail(one, "row-allotment", judged, why, asShown(sessionKey), group.sessionKey);
  }
  if (row.amount > cap) fail(one, "row-allotment", judged, "is above its cap", String(cap), String(row.amount));
  if (!listed || !judged.isPaid) return;
  const deadline = deadlineOf({ expiresAt: allotment.expiresAt, receivedAt: listed.receivedAt }, run.rules);
  if (facts.time <= deadline) return;
  const why = `was settled ${facts.time - deadline} s too late, and ${facts.time - listed.receivedAt} s after its receipt`;
  fail(one, "settlement-delay", judged, why, String(deadline), String(facts.time));
}

/** The authority knows vouchers, sessions and money, so only a claim may come between. */
function judgeSkip(one: BatchCase, judged: JudgedRow): void {
  const { book, record, run } = one;
  const { group, row } = judged;
  if (run.clouded.has(group.payer)) return;
  if (book.payments.of(group.payer, row.lane).some(({ isClaimed }) => isClaimed)) return;
  const reason = record.skipped.find((event) => event.row === row.index)?.reason ?? "unpaid";
  fail(one, "row-overtaken", judged, `was skipped as ${reason}, though no claim has used its lane`, "a claim", reason);
}

function judgeStatements(one: BatchCase, { groups }: Batch): void {
  const due = new Set(one.book.listed.statementsOf(one.file.file).map(nameStatement));
  const found = new Set(
    groups
      .filter(({ signature }) => signature !== null)
      .map(toStatement)
      .map(nameStatement),
  );
  for (const name of [...found].filter((other) => !due.has(other)))
    fail(one, "bundle-rows", null, `settles a statement that its bundle does not list: ${name}`);
  for (const name of [...due].filter((other) => !found.has(other)))
    fail(one, "bundle-rows", null, `does not settle a statement that its bundle lists: ${name}`);
}

type Statement = Pick<BatchGroup, "payer" | "sessionKey" | "signature"> & { readonly lanes: readonly number[] };

function toStatement({ payer, sessionKey, signature, rows }: BatchGroup): Statement {
  return { payer, sessionKey, signature, lanes: rows.map(({ lane }) => lane) };
}

function nameStatement({ payer, sessionKey, signature, lanes }: Statement): string {
  return `of ${payer.toLowerCase()} by ${sessionKey.toLowerCase()}, lanes ${lanes.join(",")}, ${signature}`;
}

/** Lanes that the bundle lists as settled, and its batch does not settle. */
function judgeUnsettled(one: BatchCase, rows: readonly JudgedRow[]): void {
  const settled = new Set(rows.map(({ group, row }) => `${group.payer.toLowerCase()}/${row.lane}`));
  for (const { payer, lane, reason } of one.book.listed.of(one.file.file)) {
    if (reason !== null || settled.has(`${payer}/${lane}`)) continue;
    const why = `does not settle lane ${lane} of ${asShown(payer)}, which its bundle lists as settled`;
    fail(one, "bundle-rows", null, why);
  }
}
