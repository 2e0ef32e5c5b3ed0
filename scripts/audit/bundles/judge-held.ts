import type { AllotmentTerms } from "../calls.ts";
import type { Address, Hex } from "../facts.ts";
import { type Run, report } from "../run.ts";
import { recoverAllotter, recoverReceiptSigner, recoverVoucherSigner } from "../signatures.ts";
import { deadlineOf, lagOf } from "./deadlines.ts";
import { asShown, type Evidence, isSame, nameLane } from "./evidence.ts";
import type { HeldVoucher } from "./held-vouchers.ts";
import { judgeShown } from "./judge-shown.ts";
import { termsOf } from "./published-allotments.ts";

interface Receipt {
  readonly amount: bigint;
  readonly receivedAt: number;
  readonly signature: Hex;
}

/**
 * Holds what a payee shows against the chain and T's bundles, after the last block. A receipt that T signed and did not keep
 * is proof against T; a paper that is not signed by whom it names says only that the file is not honest.
 */
export function judgeHeld(run: Run, evidence: Evidence, held: HeldVoucher, time: number): void {
  const terms = termsOf(held);
  const { payer, payee, lane } = terms;
  const doubt = (why: string, due: string, found: string): void =>
    report(run, "held-papers", null, `the file of ${asShown(payee)} is not honest: ${why} of ${nameLane(held)}`, {
      account: asShown(payee),
      expected: due,
      actual: found,
    });
  if (!isAllotters(run, terms, held.allotmentSignature)) {
    doubt("no allotter of T's signed the allotment", "an allotter's signature", "another");
    return;
  }
  judgeShown(run, evidence, null, terms, `a payee's file`);
  const amount = BigInt(held.amount);
  run.tallies.signaturesChecked++;
  const signer = recoverVoucherSigner(run.domain, { payer, payee, lane, amount }, held.voucherSignature);
  if (!isSame(signer, terms.sessionKey))
    doubt("the session key did not sign the voucher", asShown(terms.sessionKey), signer ?? "nobody");
  else if (amount > terms.cap) doubt("the voucher is above the cap", String(terms.cap), String(amount));
  if (held.receipt === null) return;
  const receipt = { ...held.receipt, amount: BigInt(held.receipt.amount) };
  const fault = receiptFault(run, terms, receipt, time);
  if (fault !== null) doubt(fault, "T's receipt", receipt.signature);
  else judgeReceipt(run, evidence, terms, receipt, time);
}

/** By a current allotter, or by one that was retired less than A before the allotment ends, as `claim` has it. */
function isAllotters(run: Run, terms: AllotmentTerms, signature: Hex): boolean {
  run.tallies.signaturesChecked++;
  const state = stateOf(run, recoverAllotter(run.domain, terms, signature));
  if (state === undefined) return false;
  return state.isCurrent || terms.expiresAt <= state.retiredAt + run.rules.allotmentPeriod;
}

function receiptFault(run: Run, { payer, payee, lane }: AllotmentTerms, receipt: Receipt, now: number): string | null {
  const { amount, receivedAt } = receipt;
  run.tallies.signaturesChecked++;
  const signer = recoverReceiptSigner(run.domain, { payer, payee, lane, amount, receivedAt }, receipt.signature);
  const state = stateOf(run, signer);
  if (state === undefined) return "no allotter of T's signed the receipt";
  const lag = lagOf(run.rules);
  if (!state.isCurrent && receivedAt > state.retiredAt + lag) return "a retired allotter signed the receipt";
  if (receivedAt > now + lag) return "the future holds the receipt";
  return null;
}

function stateOf({ state }: Run, signer: Address | null) {
  return signer === null ? undefined : state.allotters.get(signer);
}

/** T holds this voucher by its own word: it was paid, or is listed by every bundle since, and is settled in time. */
function judgeReceipt(run: Run, evidence: Evidence, terms: AllotmentTerms, receipt: Receipt, now: number): void {
  const { payer, payee, lane, expiresAt } = terms;
  const { amount, receivedAt } = receipt;
  if (run.clouded.has(asShown(payer))) return;
  const { money } = run;
  const accuse = (why: string, actual: bigint): void => {
    const proof = `T's receipt for ${money(amount)} on ${nameLane(terms)}, received at ${receivedAt}, signature ${receipt.signature}`;
    const sentence = `${proof}, is proof against T: ${why}`;
    report(run, "receipt", null, sentence, {
      account: asShown(payee),
      expected: String(amount),
      actual: String(actual),
    });
  };
  const done = evidence.payments.of(payer, lane);
  const own = done.find((one) => isSame(one.payee, payee));
  const paid = own?.paid ?? 0n;
  if (paid >= amount) return;
  if (done.some(({ settled }) => settled > 0n)) {
    accuse(`the lane was settled with ${money(own?.settled ?? 0n)}`, paid);
    return;
  }
  // A claim has used the lane, or a batch has tried: what is left is the payee's to claim.
  if (done.length > 0) return;
  const listings = evidence.listed.ofLane(payer, lane);
  const since = receivedAt + lagOf(run.rules);
  const lowered = listings.find((one) => one.amount < amount && (evidence.files.at(one.file)?.time ?? 0) >= since);
  if (lowered) {
    const name = evidence.files.at(lowered.file)?.name;
    accuse(`its bundle ${name} says that T held ${money(lowered.amount)}`, lowered.amount);
    return;
  }
  const last = listings.at(-1);
  const ignoring = evidence.isComplete ? evidence.files.firstSince(since, "listing") : undefined;
  if (ignoring && (last === undefined || last.file < ignoring.file)) {
    accuse(`its bundle ${ignoring.name} does not list the lane`, 0n);
    return;
  }
  const isDust = last?.reason === "DUST" && last.amount >= amount;
  if (!isDust && now > deadlineOf({ expiresAt, receivedAt }, run.rules))
    accuse(`the lane was never settled, and its time is over`, paid);
}
