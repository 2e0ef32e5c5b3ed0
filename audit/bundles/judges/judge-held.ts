import type { AllotmentTerms } from "../../facts/calls.ts";
import type { Address, Hex } from "../../facts/primitives.ts";
import { type Run, report } from "../../replay/run.ts";
import { asShown, type BundleBook, isSame, nameLane } from "../bundle-book.ts";
import type { HeldVoucher } from "../format/held-vouchers.ts";
import { termsOf } from "../published-allotments.ts";
import { lagOf } from "./deadlines.ts";
import { type AuditEnd, judgeReceipt, type Receipt } from "./judge-receipt.ts";
import { judgeShown } from "./judge-shown.ts";

/**
 * Compares what a payee shows with the chain and the bundles, after the last block. A receipt that
 * the authority signed and did not honour is proof against it. A wrong signature only says that the
 * file is dishonest. Returns what could not be told about the receipt.
 */
export function judgeHeld(run: Run, book: BundleBook, held: HeldVoucher, end: AuditEnd): "too small" | null {
  const terms = termsOf(held);
  const { payer, payee, lane } = terms;
  const doubt = (why: string, due: string, found: string): void =>
    report(run, "held-papers", null, `the file of ${asShown(payee)} is dishonest: ${why} of ${nameLane(held)}`, {
      account: asShown(payee),
      expected: due,
      actual: found,
    });
  if (!isAllotters(run, terms, held.allotmentSignature)) {
    doubt("no allotter of its time signed the allotment", "an allotter's signature", "another");
    return null;
  }
  judgeShown(run, book, null, terms, `a payee's file`);
  const amount = BigInt(held.amount);
  const isPayers = (signer: Address | null): boolean => isSame(signer, terms.sessionKey);
  const signer = run.signers.recover("voucher", { payer, payee, lane, amount }, held.voucherSignature, isPayers);
  if (!isPayers(signer))
    doubt("the session key did not sign the voucher", asShown(terms.sessionKey), signer ?? "nobody");
  else if (amount > terms.cap) doubt("the voucher is above the cap", String(terms.cap), String(amount));
  if (held.receipt === null) return null;
  const receipt = { ...held.receipt, amount: BigInt(held.receipt.amount) };
  const fault = receiptFault(run, terms, receipt, end.time);
  if (fault === null) return judgeReceipt(run, book, terms, receipt, end);
  doubt(fault, "the authority's receipt", receipt.signature);
  return null;
}

/**
 * By an allotter that was named before the allotment ended, and not retired more than an allotment
 * period before.
 */
function isAllotters(run: Run, terms: AllotmentTerms, signature: Hex): boolean {
  const isGood = (signer: Address | null): boolean => {
    const state = stateOf(run, signer);
    if (state === undefined || terms.expiresAt + lagOf(run.rules) < state.setAt) return false;
    return state.isCurrent || terms.expiresAt <= state.retiredAt + run.rules.allotmentPeriod;
  };
  return isGood(run.signers.recover("allotment", terms, signature, isGood));
}

function receiptFault(run: Run, { payer, payee, lane }: AllotmentTerms, receipt: Receipt, now: number): string | null {
  const { amount, receivedAt } = receipt;
  const said = { payer, payee, lane, amount, receivedAt };
  const isKnown = (signer: Address | null): boolean => stateOf(run, signer) !== undefined;
  const state = stateOf(run, run.signers.recover("receipt", said, receipt.signature, isKnown));
  if (state === undefined) return "no allotter signed the receipt";
  const lag = lagOf(run.rules);
  if (!state.isCurrent && receivedAt > state.retiredAt + lag) return "a retired allotter signed the receipt";
  if (receivedAt > now + lag) return "a time in the future stands in the receipt";
  return null;
}

function stateOf({ state }: Run, signer: Address | null) {
  return signer === null ? undefined : state.allotters.get(signer);
}
