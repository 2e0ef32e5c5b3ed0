import { ZeroAddress } from "ethers";
import type { EventOf } from "./facts.ts";
import { type Run, report, type TransactionRun } from "./run.ts";
import { feeAt } from "./state.ts";

const MAX_FEE_BPS = 1_000;

/** A new fee waits A + CW; only the one that the contract is made with counts at once. */
export function replayFeeSet(run: Run, tx: TransactionRun, event: EventOf<"FeeSet">): void {
  const { fee } = run.state;
  const { time } = tx.facts;
  const isConstruction = tx.facts.events.some(
    (other) => other.kind === "OwnershipTransferred" && other.previousOwner === ZeroAddress,
  );
  const due = isConstruction ? time : time + run.rules.allotmentPeriod + run.rules.claimPeriod;
  if (event.effectiveAt < due) {
    const sentence = `a fee of ${event.feeBps} basis points counts from ${event.effectiveAt}, ${due - event.effectiveAt} s too early`;
    report(run, "fee", tx.facts, sentence, { expected: String(due), actual: String(event.effectiveAt) });
  }
  if (event.feeBps > MAX_FEE_BPS) {
    report(run, "fee", tx.facts, `a fee of ${event.feeBps} basis points is above the ceiling of ${MAX_FEE_BPS}`);
  }
  fee.current = feeAt(fee, time);
  fee.next = event.feeBps;
  fee.effectiveAt = event.effectiveAt;
}

/** An allotter goes from unknown to current to retired, never back. */
export function replayAllotterSet(run: Run, tx: TransactionRun, event: EventOf<"AllotterSet">): void {
  const known = run.state.allotters.get(event.allotter);
  if (event.isCurrent && known && known.retiredAt !== 0) {
    report(run, "claim-allotment", tx.facts, `${event.allotter} became an allotter again after its retirement`);
  }
  const retiredAt = event.isCurrent ? 0 : tx.facts.time;
  run.state.allotters.set(event.allotter, { isCurrent: event.isCurrent, retiredAt });
}
