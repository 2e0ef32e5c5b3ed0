import type { Call, CallOf } from "../../facts/calls.ts";
import type { EventOf } from "../../facts/events.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "../run.ts";
import { examineClaim } from "./claim-flaws.ts";

const CLAIMS = ["claim", "unreadableClaim"] as const satisfies Call["kind"][];
/** What a call leaves that has run out of gas, or whose bytes the contract cannot read. */
const NO_REASON = "0x";

/** One claim of a call of `claimMany` that paid nothing: it must not hold. */
export function replayClaimSkipped(run: Run, tx: TransactionRun, event: EventOf<"ClaimSkipped">): void {
  const { index, reason } = event;
  const name = `claim ${index} of a call of claimMany`;
  const mustFail = (call: CallOf<(typeof CLAIMS)[number]>): boolean =>
    call.kind === "unreadableClaim" || examineClaim(run, tx, call).flaws.length > 0;
  // Claims that add nothing leave no event, so the call that fits best is taken.
  const call =
    takeCall(tx, CLAIMS, (candidate) => candidate.index === index && mustFail(candidate)) ??
    takeCall(tx, CLAIMS, (candidate) => candidate.index === index);
  if (call === "hidden") {
    reportNotChecked(run, tx.facts, `${name} was skipped, and could not be seen`);
  } else if (call === null) {
    report(run, "claim-skipped", tx.facts, `${name} was told as skipped, but there is none, or it has paid`);
  } else if (!mustFail(call) && call.kind === "claim") {
    const { payer, lane } = call.allotment;
    const sentence = `${name}, on lane ${lane} of ${payer}, was skipped`;
    if (run.clouded.has(payer)) {
      reportNotChecked(run, tx.facts, `${sentence}: that depends on an earlier call that could not be seen`);
    } else if (reason === NO_REASON) {
      reportNotChecked(run, tx.facts, `${sentence} without a reason: it may have run out of gas`);
    } else {
      report(run, "claim-skipped", tx.facts, `${sentence}, but holds`, { account: payer, actual: reason });
    }
  }
}
