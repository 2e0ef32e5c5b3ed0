import type { Address, Hex } from "../facts/primitives.ts";
import { recoverVoucherSigner } from "../signatures/signatures.ts";
import { confirmByEthers } from "../signatures/signers.ts";
import { asShown, type BundleBook, isSame, nameLane } from "./bundle-book.ts";
import type { ListedVoucher } from "./listed-vouchers.ts";
import type { PublishedAllotment } from "./published-allotments.ts";

/** Checks one bundle against those before it: lanes given once, vouchers signed. */
export function checkBundle(book: BundleBook, domain: Hex, file: number): void {
  checkAge(book, file);
  checkLanes(book, file);
  for (const voucher of book.listed.of(file)) checkListed(book, domain, voucher);
}

function checkAge(book: BundleBook, file: number): void {
  const [before, own] = [book.files.at(file - 1), book.files.at(file)];
  if (before === undefined || own === undefined || (before.block <= own.block && before.time <= own.time)) return;
  const sentence = `the bundle ${own.name} is older than ${before.name}, which it names as the one before it`;
  book.addProblem("bundle-chain", sentence, { expected: String(before.block), actual: String(own.block) });
}

function checkLanes(book: BundleBook, file: number): void {
  const { allotments, files } = book;
  const block = files.at(file)?.block ?? 0;
  const lastLanes = new Map<Address, number>();
  for (const allotment of allotments.of(file)) {
    const { payer, lane, signature } = allotment;
    const last = lastLanes.get(payer) ?? allotments.lastLane(payer, file);
    lastLanes.set(payer, Math.max(last, lane));
    if (allotment.issuedAtBlock > block) {
      const details = { account: asShown(payer), expected: String(block), actual: String(allotment.issuedAtBlock) };
      const sentence = `the allotment of ${nameLane(allotment)} is said to be issued after its bundle was made`;
      book.addProblem("allotment-terms", sentence, details);
    }
    if (lane > last) continue;
    const first = allotments.find(payer, lane);
    const details = { account: asShown(payer) };
    if (first === undefined || isThis(first, allotment))
      book.addProblem("lane-given", `${nameLane(allotment)} was given after lane ${last}`, details);
    else if (first.signature !== signature)
      book.addProblem("lane-given", `${nameLane(allotment)} was given twice`, details);
    else {
      book.addProblem("bundle-chain", `the allotment of ${nameLane(allotment)} is published twice`, details);
      allotments.drop(allotment);
    }
  }
}

function isThis(a: PublishedAllotment, b: PublishedAllotment): boolean {
  return a.file === b.file && a.line === b.line;
}

function checkListed(book: BundleBook, domain: Hex, voucher: ListedVoucher): void {
  const { payer, lane, amount, signature } = voucher;
  const allotment = book.allotments.find(payer, lane);
  const fail = (why: string, expected?: string, actual?: string): void =>
    book.addProblem("bundle-voucher", `a bundle lists a voucher on ${nameLane(voucher)} ${why}`, {
      account: asShown(payer),
      ...(expected !== undefined && { expected }),
      ...(actual !== undefined && { actual }),
    });
  if (allotment === undefined) {
    if (book.isComplete) fail("whose allotment no bundle holds");
    return;
  }
  if (amount > allotment.cap) fail("above the cap of its allotment", String(allotment.cap), String(amount));
  if (isListedBefore(book, voucher)) return;
  book.signaturesChecked++;
  const terms = { payer, payee: allotment.payee, lane, amount };
  const signer = recoverVoucherSigner(domain, terms, signature);
  if (isSame(signer, allotment.sessionKey)) return;
  confirmByEthers("voucher", domain, terms, signature, signer);
  fail(`that ${signer ?? "nobody"} signed`, asShown(allotment.sessionKey), signer ?? "nobody");
}

/** The bundle before lists the same voucher, which was checked there. */
function isListedBefore({ listed }: BundleBook, { file, payer, lane, amount, signature }: ListedVoucher): boolean {
  const before = listed.find(file - 1, payer, lane);
  return before !== undefined && before.amount === amount && before.signature === signature;
}
