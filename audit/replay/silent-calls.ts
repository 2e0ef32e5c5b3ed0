import type { Call } from "../facts/calls.ts";
import { sessionIn } from "../facts/state.ts";
import { type Run, report, type TransactionRun } from "./run.ts";

/** Calls that explain no event must be among those that may change nothing. */
export function checkSilentCalls(run: Run, tx: TransactionRun): void {
  for (const call of tx.calls ?? []) {
    if (mayBeSilent(run, call)) continue;
    const sentence = `a call of ${call.kind} by ${call.sender} left no event`;
    report(run, "call-events", tx.facts, sentence, { account: call.sender });
  }
}

/** Judged by the state after the transaction: what these calls raise never falls within one. */
function mayBeSilent({ state }: Run, call: Call): boolean {
  switch (call.kind) {
    case "authorizeSession":
    case "authorizeSessionFor": {
      const terms = call.kind === "authorizeSessionFor" ? call.authorization : { ...call, account: call.sender };
      const session = sessionIn(state, terms.account, terms.sessionKey);
      return session.revoked || (terms.limit <= session.limit && terms.expiresAt <= session.expiresAt);
    }
    case "revokeSession":
      return sessionIn(state, call.sender, call.sessionKey).revoked;
    case "setAllotter":
      return (state.allotters.get(call.allotter)?.bondBudget ?? -1n) >= call.bondBudget;
    case "retireAllotter":
      return state.allotters.get(call.allotter)?.retiredAt !== 0;
    case "claim":
      // Whether there was money at that moment is unknown. Balances are compared at the end.
      return true;
    default:
      return false;
  }
}
