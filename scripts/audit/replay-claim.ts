import { ZeroAddress } from "ethers";
import type { CallOf, EventOf } from "./facts.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "./run.ts";
import { recoverAllotter, recoverVoucherSigner } from "./signatures.ts";
import { accountIn, claimId, coverageOf, debit, pairId, sessionIn } from "./state.ts";

/** Pays a claim once more, from its calldata. A claim without right moves nothing in the replay. */
export function replayClaim(run: Run, tx: TransactionRun, event: EventOf<"Claimed">): void {
  run.tallies.claims++;
  run.tallies.claimed += event.amount;
  const { payer, payee, lane } = event;
  const call = takeCall(tx, ["claim"], ({ allotment }) => {
    return allotment.payer === payer && allotment.payee === payee && allotment.lane === lane;
  });
  if (call === "hidden") {
    const sentence = `the claim on lane ${lane} of ${payer} was made through another contract, without a trace`;
    reportNotChecked(run, tx.facts, `${sentence}: its signatures were not seen`);
    run.clouded.add(payer);
    pay(run, event, null, event.amount);
    return;
  }
  if (call === null) {
    const sentence = `no call of claim explains the claim on lane ${lane} of ${payer}`;
    report(run, "claim-terms", tx.facts, sentence, { account: payer });
    return;
  }
  const isAllotted = checkAllotment(run, tx, call);
  const isVouched = checkVoucher(run, tx, call);
  const due = amountDue(run, tx, call, event);
  if (isAllotted && isVouched && due !== null) pay(run, event, call, due);
}

function pay(run: Run, { payer, payee, lane }: EventOf<"Claimed">, call: CallOf<"claim"> | null, amount: bigint): void {
  const { state } = run;
  const id = claimId(payer, lane, payee);
  debit(accountIn(state, payer), call && sessionIn(state, payer, call.allotment.sessionKey), amount);
  accountIn(state, payee).balance += amount;
  state.claimed.set(id, (state.claimed.get(id) ?? 0n) + amount);
  state.usedLanes.add(pairId(payer, lane));
}

function checkAllotment(run: Run, tx: TransactionRun, call: CallOf<"claim">): boolean {
  const { allotment, allotmentSignature } = call;
  run.tallies.signaturesChecked++;
  const signer = recoverAllotter(run.domain, allotment, allotmentSignature);
  const allotter = signer === null ? undefined : run.state.allotters.get(signer);
  if (allotter?.isCurrent) return true;
  const name = `the allotment of lane ${allotment.lane} of ${allotment.payer}`;
  const details = { account: allotment.payer, actual: signer ?? "nobody" };
  if (allotter === undefined || allotter.retiredAt === 0) {
    const sentence = `${name} is signed by ${signer ?? "nobody"}, which was no allotter then`;
    report(run, "claim-allotment", tx.facts, sentence, details);
    return false;
  }
  if (allotment.expiresAt <= allotter.retiredAt + run.rules.allotmentPeriod) return true;
  const sentence = `${name} outlives what its allotter, retired at ${allotter.retiredAt}, may have signed`;
  report(run, "claim-allotment", tx.facts, sentence, details);
  return false;
}

function checkVoucher(run: Run, tx: TransactionRun, call: CallOf<"claim">): boolean {
  const { payer, payee, lane, sessionKey } = call.allotment;
  run.tallies.signaturesChecked++;
  const signer = recoverVoucherSigner(run.domain, { payer, payee, lane, amount: call.amount }, call.voucherSignature);
  if (signer === sessionKey) return true;
  const sentence = `the voucher of ${run.money(call.amount)} on lane ${lane} of ${payer} is signed by ${signer ?? "nobody"}, not by the session key`;
  report(run, "claim-voucher", tx.facts, sentence, {
    account: payer,
    expected: sessionKey,
    actual: signer ?? "nobody",
  });
  return false;
}

/** What the claim had to pay, base units; null if nothing at all. */
function amountDue(run: Run, tx: TransactionRun, call: CallOf<"claim">, event: EventOf<"Claimed">): bigint | null {
  const { state, rules, money } = run;
  const { payer, payee, lane, cap, sessionKey, expiresAt } = call.allotment;
  const session = sessionIn(state, payer, sessionKey);
  const before = state.claimed.get(claimId(payer, lane, payee)) ?? 0n;
  const name = `the claim on lane ${lane} of ${payer}`;
  const fail = (why: string): null => {
    report(run, "claim-terms", tx.facts, `${name} ${why}`, { account: payer });
    return null;
  };

  if (payee === ZeroAddress || payee === payer) return fail("paid address 0 or the payer itself");
  if (tx.facts.time >= expiresAt + rules.claimPeriod) return fail("came after the allotment's end plus CW");
  if (tx.facts.time > session.expiresAt + rules.claimPeriod) {
    return fail("came after the session's end plus CW, or the session was never authorized");
  }
  if (before === 0n && state.usedLanes.has(pairId(payer, lane))) return fail("is on a lane that was used before");

  const limit = call.amount < cap ? call.amount : cap;
  const open = limit > before ? limit - before : 0n;
  const coverage = coverageOf(accountIn(state, payer), session);
  // What a hidden call took from the session is not known: balance and cap still bound the claim.
  if (run.clouded.has(payer) && event.amount <= open) return event.amount;
  const due = open < coverage ? open : coverage;
  if (due !== event.amount || before + due !== event.totalPaid) {
    const sentence = `${name} paid ${money(event.amount)}, ${money(event.totalPaid)} in all; due were ${money(due)}, ${money(before + due)} in all`;
    const details = { account: payer, expected: String(due), actual: String(event.amount) };
    report(run, "claim-terms", tx.facts, sentence, details);
  }
  return due;
}
