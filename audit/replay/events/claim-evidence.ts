import type { CallOf, EvidenceTerms } from "../../facts/calls.ts";
import { keccakOfDigits } from "../../facts/keccak.ts";
import { lanesOf } from "../../facts/packed-rows.ts";
import { leafOf, rootBy } from "../outcome.ts";
import type { Run } from "../run.ts";
import type { ClaimFlaw } from "./claim-flaw.ts";

/** What is wrong with the evidence of a claim, if the claim needs any. */
export function evidenceFlaw(run: Run, call: CallOf<"claim">): ClaimFlaw | null {
  const { payer, payee, lane } = call.allotment;
  const isFirst = run.lanes.paid(payer, lane, payee) === null;
  const isUsed = run.lanes.isUsed(payer, lane);
  if (!isFirst || !isUsed) return null;
  const why =
    call.evidence === null
      ? "is on a lane that was used before, and brings no evidence"
      : flawOf(run, call, call.evidence);
  if (why === null) return null;
  const sentence = `the claim on lane ${lane} of ${payer} ${why}`;
  return { check: "claim-evidence", sentence, details: { account: payer } };
}

/** Why this evidence does not prove what used up the lane. Null: it does. */
function flawOf(run: Run, call: CallOf<"claim">, evidence: EvidenceTerms): string | null {
  const { payer, lane } = call.allotment;
  if (run.lanes.paid(payer, lane, evidence.claimant)?.hasClosedLane) return null;
  const { batch, rows, paidRows, proof } = evidence;
  const packed = rows.slice(2);
  const outcome = rootBy(leafOf(payer, keccakOfDigits(packed), paidRows), proof);
  if (outcome !== run.lanes.outcomeHash(Number(batch))) return `has evidence that is not what batch ${batch} left`;
  // The rows are those of a group now.
  const hasPaid = lanesOf(packed).some((other, i) => other === lane && ((paidRows >> BigInt(i)) & 1n) === 1n);
  if (!hasPaid) return `has evidence of a group of batch ${batch} that paid nothing on the lane`;
  const payment = run.lanes.batchPayment(payer, lane);
  // A batch that was not seen may have paid on the lanes of its payers.
  if (payment === null && run.clouded.has(payer)) return null;
  return payment?.batch === Number(batch) ? null : `has evidence of batch ${batch}, which paid nothing on the lane`;
}
