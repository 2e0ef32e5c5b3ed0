import type { Call, CallOf } from "../../facts/calls.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "../run.ts";

/** Checks that the owner of that time called for what only the owner may do. */
export function checkOwnerCall<K extends Call["kind"]>(
  run: Run,
  tx: TransactionRun,
  what: string,
  kind: K,
  explains: (call: CallOf<K>) => boolean = () => true,
): void {
  const call = takeCall(tx, [kind], explains);
  if (call === "hidden") {
    reportNotChecked(run, tx.facts, `${what} came through another contract, without a trace`);
  } else if (call === null) {
    report(run, "owner", tx.facts, `no call explains that ${what}`);
  } else if (call.sender !== run.state.owner) {
    const details = { expected: run.state.owner, actual: call.sender };
    report(run, "owner", tx.facts, `${call.sender}, which was not the owner, called so that ${what}`, details);
  }
}
