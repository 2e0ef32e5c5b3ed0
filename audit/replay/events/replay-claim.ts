import type { CallOf } from "../../facts/calls.ts";
import type { EventOf } from "../../facts/events.ts";
import type { Address } from "../../facts/primitives.ts";
import { accountIn, spend, takeFromBond } from "../../facts/state.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "../run.ts";
import { examineClaim, reportFlaw } from "./claim-flaws.ts";
import { type ClaimShare, shareOf } from "./claim-share.ts";

type Claimed = EventOf<"Claimed">;

/** Pays a claim again from its calldata. An unjustified claim moves nothing in the replay. */
export function replayClaim(run: Run, tx: TransactionRun, event: Claimed): void {
  const { tallies } = run;
  const { payer, payee, lane } = event;
  tallies.claims++;
  tallies.claimed += event.amount;
  tallies.claimedFromBond += event.fromBond;
  if (run.lanes.batchPayment(payer, lane)?.payee === payee) {
    tallies.claimsAfterSettlement++;
    tallies.claimedAfterSettlement += event.amount;
  }
  const call = takeClaim(run, tx, event);
  if (call === "hidden") {
    const sentence = `the claim on lane ${lane} of ${payer} was made through another contract, without a trace`;
    reportNotChecked(run, tx.facts, `${sentence}: its signatures were not seen`);
    run.clouded.add(payer);
    pay(run, tx, event, shareSaid(event));
    return;
  }
  if (call === null) {
    const sentence = `no call of claim explains the claim on lane ${lane} of ${payer}`;
    report(run, "claim-terms", tx.facts, sentence, { account: payer });
    return;
  }
  if (call.evidence !== null) tallies.claimsWithEvidence++;
  const { allotter, flaws } = examineClaim(run, tx, call);
  for (const flaw of flaws) reportFlaw(run, tx, flaw);
  if (allotter === null || flaws.length > 0) return;
  pay(run, tx, event, checkShare(run, tx, call, event, allotter));
}

/**
 * Calls that pay nothing leave no event, and `claimMany` goes on after those that do not hold. So
 * the call that fits the event best is taken.
 */
function takeClaim(run: Run, tx: TransactionRun, event: Claimed): CallOf<"claim"> | "hidden" | null {
  const isSame = ({ allotment }: CallOf<"claim">): boolean =>
    allotment.payer === event.payer && allotment.payee === event.payee && allotment.lane === event.lane;
  const openOf = (call: CallOf<"claim">): bigint => shareOf(run, call, null, tx.facts.time).open;
  const isDue = (call: CallOf<"claim">): boolean => isSame(call) && openOf(call) === event.amount;
  const mayHold = (call: CallOf<"claim">): boolean =>
    call.index === null || examineClaim(run, tx, call).flaws.length === 0;
  const call =
    takeCall(tx, ["claim"], (candidate) => isDue(candidate) && mayHold(candidate)) ??
    takeCall(tx, ["claim"], isDue) ??
    takeCall(tx, ["claim"], (candidate) => isSame(candidate) && openOf(candidate) > event.amount) ??
    takeCall(tx, ["claim"], isSame);
  return call === null && takeCall(tx, ["unreadableClaim"]) !== null ? "hidden" : call;
}

/** What the claim had to pay. Reports where the event says otherwise. */
function checkShare(
  run: Run,
  tx: TransactionRun,
  call: CallOf<"claim">,
  event: Claimed,
  allotter: Address,
): ClaimShare {
  const { money } = run;
  const { payer, payee, lane } = event;
  const due = shareOf(run, call, allotter, tx.facts.time);
  // A hidden call may have used the session or the lane. Cap and voucher still bound the claim.
  if (run.clouded.has(payer) && event.amount <= due.open) return shareSaid(event);
  const name = `the claim on lane ${lane} of ${payer}`;
  const amount = due.fromPayer + due.fromBond;
  const totalPaid = due.before + amount;
  if (amount !== event.amount || totalPaid !== event.totalPaid) {
    const said = `paid ${payee} ${money(event.amount)}, ${money(event.totalPaid)} in all`;
    const sentence = `${name} ${said}; due were ${money(amount)}, ${money(totalPaid)} in all`;
    const details = { account: payer, expected: String(amount), actual: String(event.amount) };
    report(run, "claim-terms", tx.facts, sentence, details);
  }
  if (due.fromBond !== event.fromBond) {
    const sentence = `${name} took ${money(event.fromBond)} from the bond; payer and budget leave it ${money(due.fromBond)}`;
    const details = { account: payer, expected: String(due.fromBond), actual: String(event.fromBond) };
    report(run, "claim-bond", tx.facts, sentence, details);
  }
  if (allotter !== event.allotter) {
    const sentence = `${name} names allotter ${event.allotter}; its allotment is signed by ${allotter}`;
    report(run, "claim-bond", tx.facts, sentence, { account: payer, expected: allotter, actual: event.allotter });
  }
  return due;
}

function shareSaid({ amount, totalPaid, fromBond }: Claimed): ClaimShare {
  return { before: totalPaid - amount, open: amount, fromPayer: amount - fromBond, fromBond };
}

function pay(run: Run, tx: TransactionRun, event: Claimed, share: ClaimShare): void {
  const { state, lanes } = run;
  const { payer, payee, lane } = event;
  const { block } = tx.facts;
  spend(accountIn(state, payer), share.fromPayer);
  takeFromBond(state, state.allotters.get(event.allotter), share.fromBond);
  accountIn(state, payee).balance += share.fromPayer + share.fromBond;
  const hasClosedLane = lanes.paid(payer, lane, payee)?.hasClosedLane ?? !lanes.isUsed(payer, lane);
  const amount = share.before + share.fromPayer + share.fromBond;
  lanes.setPaid(payer, lane, payee, { amount, hasClosedLane }, block);
  lanes.use(payer, lane, block);
}
