import type { Call } from "../facts/calls.ts";
import { sessionIn } from "../facts/state.ts";
import { examinePapers } from "./events/claim-flaws.ts";
import { NO_ID } from "./events/replay-deposit.ts";
import { type Run, report, type TransactionRun } from "./run.ts";

/** Calls that explain no event must be among those that may change nothing. */
export function checkSilentCalls(run: Run, tx: TransactionRun): void {
  for (const call of tx.calls ?? []) {
    if (mayBeSilent(run, tx, call)) continue;
    const sentence = `a call of ${call.kind} by ${call.sender} left no event`;
    report(run, "call-events", tx.facts, sentence, { account: call.sender });
  }
}

/** Judged by the state after the transaction: what these calls raise never falls within one. */
function mayBeSilent(run: Run, tx: TransactionRun, call: Call): boolean {
  const { state, lanes } = run;
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
      return (state.allotters.get(call.allotter)?.nextBudget ?? -1n) >= call.bondBudget;
    case "retireAllotter":
      return state.allotters.get(call.allotter)?.retiredAt !== 0;
    case "depositFor":
      return call.id !== NO_ID && lanes.isDepositIdUsed(call.sender, call.id);
    case "claim":
      // Whether there was money at that moment is unknown. Balances are compared at the end. A
      // claim that could not hold at all would have been told as skipped, or have stopped the
      // transaction.
      return call.index === null || examinePapers(run, tx, call).flaws.length === 0;
    case "unreadableClaim":
      // Ethers is stricter than the contract.
      return true;
    default:
      return false;
  }
}
