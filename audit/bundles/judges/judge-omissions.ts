import { type Run, report } from "../../replay/run.ts";
import { asShown, type BundleBook, nameLane } from "../bundle-book.ts";
import type { BundleFile } from "../bundle-files.ts";
import type { ListedVoucher } from "../listed-vouchers.ts";
import { deadlineOf } from "./deadlines.ts";

type Where = Parameters<typeof report>[2];

/**
 * Checks what a bundle leaves out of its batch, by the listings before it and by what the chain did
 * up to the batch.
 */
export function judgeOmissions(run: Run, book: BundleBook, file: BundleFile, where: Where): void {
  const { listed } = book;
  for (const voucher of listed.of(file.file)) {
    const held = listed.lastBefore(file.file, voucher.payer, voucher.lane);
    if (held && held.amount > voucher.amount) {
      const details = { expected: String(held.amount), actual: String(voucher.amount) };
      fail(run, where, voucher, `is lower in bundle ${file.name} than in one before`, details);
    }
    if (voucher.reason !== null) judgeReason(run, book, file, where, voucher);
  }
  judgeDust(run, book, file, where);
}

/** A batch settles a voucher by itself, so no greater one is too small for a row. */
function judgeDust(run: Run, book: BundleBook, file: BundleFile, where: Where): void {
  const smallestRow = smallestVoucher(book, file.file);
  if (smallestRow === null) return;
  for (const voucher of book.listed.dustFrom(smallestRow, file.file)) {
    if (run.clouded.has(asShown(voucher.payer))) continue;
    fail(run, where, voucher, `was left out as DUST, but a batch settles a voucher of ${run.money(smallestRow)}`);
  }
}

function judgeReason(run: Run, book: BundleBook, file: BundleFile, where: Where, voucher: ListedVoucher): void {
  if (run.clouded.has(asShown(voucher.payer))) return;
  const done = book.payments.of(voucher.payer, voucher.lane);
  const lie = (truth: string): void => fail(run, where, voucher, `was left out as ${voucher.reason}, but ${truth}`);
  switch (voucher.reason) {
    case "CLAIMED":
      if (!done.some(({ isClaimed }) => isClaimed)) lie("no claim has used its lane");
      break;
    case "SKIPPED":
      if (!done.some(({ skippedIn, isClaimed }) => skippedIn !== null || isClaimed)) lie("no batch has skipped it");
      break;
    case "WAITING": {
      const allotment = book.allotments.find(voucher.payer, voucher.lane);
      if (allotment === undefined) break;
      const deadline = deadlineOf({ expiresAt: allotment.expiresAt, receivedAt: voucher.receivedAt }, run.rules);
      if (file.time > deadline) lie(`its time was over ${file.time - deadline} s before`);
      break;
    }
  }
}

/** After the last block: listed vouchers whose time is over, and that nothing has paid. */
export function judgeLeftOut(run: Run, book: BundleBook, time: number): void {
  for (const voucher of book.listed.unsettled()) {
    const allotment = book.allotments.find(voucher.payer, voucher.lane);
    if (voucher.reason === "DUST" || allotment === undefined || run.clouded.has(asShown(voucher.payer))) continue;
    const deadline = deadlineOf({ expiresAt: allotment.expiresAt, receivedAt: voucher.receivedAt }, run.rules);
    if (time <= deadline) continue;
    const details = { expected: String(voucher.amount), actual: "0" };
    fail(run, null, voucher, `was never settled, ${time - deadline} s after its last moment`, details);
  }
}

function fail(run: Run, where: Where, voucher: ListedVoucher, why: string, details = {}): void {
  const sentence = `the voucher of ${run.money(voucher.amount)} on ${nameLane(voucher)} ${why}`;
  report(run, "voucher-left-out", where, sentence, { account: asShown(voucher.payer), ...details });
}

/**
 * The smallest voucher that the bundle's batch settles by itself: it was not too small for a row.
 */
function smallestVoucher({ listed }: BundleBook, file: number): bigint | null {
  if (listed.statementsOf(file).length > 0) return null;
  let smallest: bigint | null = null;
  for (const { amount, reason } of listed.of(file))
    if (reason === null && (smallest === null || amount < smallest)) smallest = amount;
  return smallest;
}
