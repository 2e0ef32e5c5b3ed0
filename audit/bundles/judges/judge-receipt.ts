import type { AllotmentTerms } from "../../facts/calls.ts";
import type { Hex } from "../../facts/primitives.ts";
import { type Run, report } from "../../replay/run.ts";
import { asShown, type BundleBook, isSame, nameLane } from "../bundle-book.ts";
import { deadlineOf, lagOf } from "./deadlines.ts";

/** T's word that it holds a voucher. */
export interface Receipt {
  readonly amount: bigint;
  readonly receivedAt: number;
  readonly signature: Hex;
}

/** What is known after the last block. */
export interface AuditEnd {
  readonly time: number;
  /** Of all vouchers that batches have paid one by one, base units; null if there was none. */
  readonly smallestRow: bigint | null;
}

/** What T made of a voucher. Null: what it had to, as far as the time allows. */
type Verdict = { readonly why: string; readonly actual: bigint } | "too small" | null;

/**
 * T holds the voucher by its own word: it was paid, or is listed by every bundle since, and is settled in time. What T may have left
 * out as too small for a row is for no finding.
 */
export function judgeReceipt(
  run: Run,
  book: BundleBook,
  terms: AllotmentTerms,
  receipt: Receipt,
  end: AuditEnd,
): "too small" | null {
  if (run.clouded.has(asShown(terms.payer))) return null;
  const verdict = judgePayment(run, book, terms, receipt) ?? judgeListings(run, book, terms, receipt, end);
  if (verdict === null || verdict === "paid" || verdict === "too small")
    return verdict === "too small" ? verdict : null;
  const { amount, receivedAt, signature } = receipt;
  const proof = `T's receipt for ${run.money(amount)} on ${nameLane(terms)}, received at ${receivedAt}, signature ${signature}`;
  report(run, "receipt", null, `${proof}, is proof against T: ${verdict.why}`, {
    account: asShown(terms.payee),
    expected: String(amount),
    actual: String(verdict.actual),
  });
  return null;
}

/** By the chain; null when nothing has happened on the lane. */
function judgePayment(run: Run, book: BundleBook, terms: AllotmentTerms, { amount }: Receipt): Verdict | "paid" {
  const done = book.payments.of(terms.payer, terms.lane);
  const own = done.find(({ payee }) => isSame(payee, terms.payee));
  if (done.length === 0) return null;
  const isLower = done.some(({ settled }) => settled > 0n) && (own?.paid ?? 0n) < amount;
  // Else a claim has used the lane, or a batch has tried: what is left is the payee's to claim.
  if (!isLower) return "paid";
  return { why: `the lane was settled with ${run.money(own?.settled ?? 0n)}`, actual: own?.paid ?? 0n };
}

/** By T's bundles and the time, for a lane on which nothing has happened. */
function judgeListings(
  run: Run,
  { listed, files, isComplete }: BundleBook,
  { payer, lane, expiresAt }: AllotmentTerms,
  { amount, receivedAt }: Receipt,
  { time, smallestRow }: AuditEnd,
): Verdict {
  const listings = listed.ofLane(payer, lane);
  const since = receivedAt + lagOf(run.rules);
  const lower = listings.find((one) => one.amount < amount && (files.at(one.file)?.time ?? 0) >= since);
  if (lower) {
    const why = `its bundle ${files.at(lower.file)?.name} says that T held ${run.money(lower.amount)}`;
    return { why, actual: lower.amount };
  }
  const last = listings.at(-1);
  const silent = isComplete ? files.firstSince(since, "listing") : undefined;
  if (silent && (last === undefined || last.file < silent.file))
    return { why: `its bundle ${silent.name} does not list the lane`, actual: 0n };
  if (last?.reason === "DUST" || time <= deadlineOf({ expiresAt, receivedAt }, run.rules)) return null;
  if (last === undefined && (smallestRow === null || amount < smallestRow)) return "too small";
  return { why: "the lane was never settled, and its time is over", actual: 0n };
}
