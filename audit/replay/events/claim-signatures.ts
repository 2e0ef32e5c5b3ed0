import type { CallOf } from "../../facts/calls.ts";
import type { Address } from "../../facts/primitives.ts";
import type { Run } from "../run.ts";
import type { ClaimFlaw } from "./claim-flaw.ts";

/** The allotment's signer, or why that is no valid allotter for it at this time. */
export function findAllotter(run: Run, call: CallOf<"claim">, time: number): Address | ClaimFlaw {
  const { allotment, allotmentSignature } = call;
  const find = (key: Address | null) => (key === null ? undefined : run.state.allotters.get(key));
  const isCurrent = (key: Address | null): boolean => find(key)?.isCurrent ?? false;
  const signer = run.signers.recover("allotment", allotment, allotmentSignature, isCurrent);
  const allotter = find(signer);
  const name = `the allotment of lane ${allotment.lane} of ${allotment.payer}`;
  const details = { account: allotment.payer, actual: signer ?? "nobody" };
  if (signer === null || allotter === undefined || (!allotter.isCurrent && allotter.retiredAt === 0)) {
    const sentence = `${name} is signed by ${signer ?? "nobody"}, which was no allotter then`;
    return { check: "claim-allotment", sentence, details };
  }
  const lastSignedAt = allotter.isCurrent ? time : allotter.retiredAt;
  if (allotment.expiresAt <= lastSignedAt + run.rules.allotmentPeriod) return signer;
  const sentence = allotter.isCurrent
    ? `${name} ends later than the allotment period allows for any that was signed by then`
    : `${name} outlives what its allotter, retired at ${allotter.retiredAt}, may have signed`;
  return { check: "claim-allotment", sentence, details };
}

export function voucherFlaw(run: Run, call: CallOf<"claim">): ClaimFlaw | null {
  const { payer, payee, lane, sessionKey } = call.allotment;
  const terms = { payer, payee, lane, amount: call.amount };
  const signer = run.signers.recover("voucher", terms, call.voucherSignature, (key) => key === sessionKey);
  if (signer === sessionKey) return null;
  const sentence = `the voucher of ${run.money(call.amount)} on lane ${lane} of ${payer} is signed by ${signer ?? "nobody"}, not by the session key`;
  const details = { account: payer, expected: sessionKey, actual: signer ?? "nobody" };
  return { check: "claim-voucher", sentence, details };
}
