import type { CallOf } from "../../facts/calls.ts";
import type { Address } from "../../facts/primitives.ts";
import { type Run, report, type TransactionRun } from "../run.ts";

/** The allotment's signer. Null, with a finding, if that was no valid allotter for it. */
export function checkAllotment(run: Run, tx: TransactionRun, call: CallOf<"claim">): Address | null {
  const { allotment, allotmentSignature } = call;
  const find = (key: Address | null) => (key === null ? undefined : run.state.allotters.get(key));
  const isCurrent = (key: Address | null): boolean => find(key)?.isCurrent ?? false;
  const signer = run.signers.recover("allotment", allotment, allotmentSignature, isCurrent);
  const allotter = find(signer);
  if (allotter?.isCurrent) return signer;
  const name = `the allotment of lane ${allotment.lane} of ${allotment.payer}`;
  const details = { account: allotment.payer, actual: signer ?? "nobody" };
  if (allotter === undefined || allotter.retiredAt === 0) {
    const sentence = `${name} is signed by ${signer ?? "nobody"}, which was no allotter then`;
    report(run, "claim-allotment", tx.facts, sentence, details);
    return null;
  }
  if (allotment.expiresAt <= allotter.retiredAt + run.rules.allotmentPeriod) return signer;
  const sentence = `${name} outlives what its allotter, retired at ${allotter.retiredAt}, may have signed`;
  report(run, "claim-allotment", tx.facts, sentence, details);
  return null;
}

export function checkVoucher(run: Run, tx: TransactionRun, call: CallOf<"claim">): boolean {
  const { payer, payee, lane, sessionKey } = call.allotment;
  const terms = { payer, payee, lane, amount: call.amount };
  const signer = run.signers.recover("voucher", terms, call.voucherSignature, (key) => key === sessionKey);
  if (signer === sessionKey) return true;
  const sentence = `the voucher of ${run.money(call.amount)} on lane ${lane} of ${payer} is signed by ${signer ?? "nobody"}, not by the session key`;
  report(run, "claim-voucher", tx.facts, sentence, {
    account: payer,
    expected: sessionKey,
    actual: signer ?? "nobody",
  });
  return false;
}
