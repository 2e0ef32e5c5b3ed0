import type { AllotmentTerms } from "../../facts/calls.ts";
import type { Hex } from "../../facts/primitives.ts";
import { type Run, report } from "../../replay/run.ts";
import { asShown, type BundleBook, isSame, nameLane } from "../bundle-book.ts";
import { deadlineOf, lagOf } from "./deadlines.ts";

/** The authority's word that it holds a voucher. */
export interface Receipt {
  readonly amount: bigint;
  readonly receivedAt: number;
  readonly signature: Hex;
}

/** What is known after the last block. */
export interface AuditEnd {
  readonly time: number;
  /** The smallest voucher that a batch has paid by itself, base units. Null: there was none. */
  readonly smallestRow: bigint | null;
}

/** What the authority did with a voucher. Null: what it had to, as far as time allows to say. */
type Verdict = { readonly why: string; readonly actual: bigint } | "too small" | null;

/**
 * The authority's receipt says that it holds the voucher. So the voucher was paid, or bundles up to
 * that of the next batch tell of it, and it is settled in time. What may have been too small for a
 * row is no finding.
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
  const proof = `the authority's receipt for ${run.money(amount)} on ${nameLane(terms)}, received at ${receivedAt}, signature ${signature}`;
  report(run, "receipt", null, `${proof}, is proof against the authority: ${verdict.why}`, {
    account: asShown(terms.payee),
    expected: String(amount),
    actual: String(verdict.actual),
  });
  return null;
}

/** By the chain. Null: nothing has happened on the lane. */
function judgePayment(run: Run, book: BundleBook, terms: AllotmentTerms, { amount }: Receipt): Verdict | "paid" {
  const done = book.payments.of(terms.payer, terms.lane);
  const own = done.find(({ payee }) => isSame(payee, terms.payee));
  if (done.length === 0) return null;
  const settled = own?.settled ?? 0n;
  // A claim has used the lane, or a batch has tried to pay: the payee may claim what is left.
  if (settled >= amount || done.every((one) => one.settled === 0n)) return "paid";
  // What the payee has claimed since is the payee's merit: the authority had settled too little.
  const claimed = (own?.paid ?? 0n) - settled;
  const since = claimed > 0n ? `; its payee has claimed ${run.money(claimed)} more` : "";
  return { why: `the lane was settled with ${run.money(settled)}${since}`, actual: settled };
}

/** By the bundles and the time, for a lane on which nothing has happened. */
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
    const why = `its bundle ${files.at(lower.file)?.name} says that the authority held ${run.money(lower.amount)}`;
    return { why, actual: lower.amount };
  }
  const last = listings.at(-1);
  const told = isComplete ? files.firstSince(since, "batch") : undefined;
  const known = told && listings.findLast(({ file }) => file <= told.file);
  if (told && (known === undefined || known.amount < amount)) {
    const says = known ? `knows of ${run.money(known.amount)} only` : "does not list the lane";
    return { why: `its bundle ${told.name} ${says}`, actual: known?.amount ?? 0n };
  }
  if (last?.reason === "DUST" || time <= deadlineOf({ expiresAt, receivedAt }, run.rules)) return null;
  if (last === undefined && (smallestRow === null || amount < smallestRow)) return "too small";
  return { why: "the lane was never settled, and its time is over", actual: 0n };
}
