import { keccak256 } from "ethers";
import type { CallOf, EvidenceTerms } from "../../facts/calls.ts";
import { beginOutcome, foldOutcome } from "../fold-outcome.ts";
import { type Run, report, type TransactionRun } from "../run.ts";

/** Checks the evidence of a claim, if the claim needs any. Returns whether it may pay. */
export function checkEvidence(run: Run, tx: TransactionRun, call: CallOf<"claim">): boolean {
  const { payer, payee, lane } = call.allotment;
  const isFirst = run.lanes.paid(payer, lane, payee) === null;
  const isUsed = run.lanes.isUsed(payer, lane);
  if (!isFirst || !isUsed) return true;
  const flaw =
    call.evidence === null
      ? "is on a lane that was used before, and brings no evidence"
      : flawOf(run, call, call.evidence);
  if (flaw === null) return true;
  report(run, "claim-evidence", tx.facts, `the claim on lane ${lane} of ${payer} ${flaw}`, { account: payer });
  return false;
}

/** Why this evidence does not prove what used up the lane. Null: it does. */
function flawOf(run: Run, call: CallOf<"claim">, evidence: EvidenceTerms): string | null {
  const { payer, lane } = call.allotment;
  if (run.lanes.paid(payer, lane, evidence.claimant)?.hasClosedLane) return null;
  const { batch, groups } = evidence;
  const outcome = groups.reduce(
    (hash, { groupHash, paidRows }) => foldOutcome(hash, groupHash, paidRows),
    beginOutcome(evidence.header),
  );
  if (outcome !== run.lanes.outcomeHash(Number(batch))) return `has evidence that is not what batch ${batch} left`;
  if (groups[Number(evidence.groupIndex)]?.groupHash !== keccak256(evidence.group)) {
    return "has evidence of another group than it names";
  }
  const payment = run.lanes.batchPayment(payer, lane);
  // A batch that was not seen may have paid on the lanes of its payers.
  if (payment === null && run.clouded.has(payer)) return null;
  return payment?.batch === Number(batch) ? null : `has evidence of batch ${batch}, which paid nothing on the lane`;
}
