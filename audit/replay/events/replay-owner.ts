import { ZeroAddress } from "ethers";
import type { EventOf } from "../../facts/events.ts";
import { feeAt } from "../../facts/state.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "../run.ts";
import { checkOwnerCall } from "./owner-call.ts";

const MAX_FEE_BPS = 1_000;

/** The constructor sets everything for the first time, without a call. */
export function replayOperatorSet(run: Run, tx: TransactionRun, event: EventOf<"OperatorSet">): void {
  const { operator, hasCode } = event;
  if (run.state.operator !== ZeroAddress) {
    checkOwnerCall(run, tx, `${operator} became operator`, "setOperator", (call) => call.newOperator === operator);
  }
  if (hasCode) {
    const sentence = `${operator} became operator, but has code: the contract takes no batch from it`;
    report(run, "operator-key", tx.facts, sentence, { account: operator });
  }
  run.state.operator = operator;
  run.state.operators.push({ operator, since: tx.facts.time });
}

export function replayFeeRecipientSet(run: Run, tx: TransactionRun, event: EventOf<"FeeRecipientSet">): void {
  const { feeRecipient } = event;
  if (run.state.feeRecipient !== ZeroAddress) {
    checkOwnerCall(run, tx, `fees go to ${feeRecipient}`, "setFeeRecipient", (call) => {
      return call.newFeeRecipient === feeRecipient;
    });
  }
  if (feeRecipient === ZeroAddress || feeRecipient === run.rules.contract)
    report(run, "owner", tx.facts, `fees go to ${feeRecipient}, where nobody could ever use them`);
  run.state.feeRecipient = feeRecipient;
}

/** A new fee waits for the withdrawal delay. Only the constructor's counts at once. */
export function replayFeeSet(run: Run, tx: TransactionRun, event: EventOf<"FeeSet">): void {
  const { fee } = run.state;
  const { time } = tx.facts;
  const { feeBps, effectiveAt } = event;
  const isConstruction = fee.effectiveAt === 0;
  const due = isConstruction ? time : time + run.rules.allotmentPeriod + run.rules.claimPeriod;
  if (!isConstruction) {
    checkOwnerCall(run, tx, `the fee becomes ${feeBps} basis points`, "setFee", (call) => call.newFeeBps === feeBps);
  }
  if (effectiveAt < due) {
    const sentence = `a fee of ${feeBps} basis points counts from ${effectiveAt}, ${due - effectiveAt} s too early`;
    report(run, "fee", tx.facts, sentence, { expected: String(due), actual: String(effectiveAt) });
  }
  if (feeBps > MAX_FEE_BPS) {
    report(run, "fee", tx.facts, `a fee of ${feeBps} basis points is above the ceiling of ${MAX_FEE_BPS}`);
  }
  fee.current = feeAt(fee, time);
  fee.next = feeBps;
  fee.effectiveAt = effectiveAt;
}

export function replayPause(run: Run, tx: TransactionRun, event: EventOf<"Paused" | "Unpaused">): void {
  const [what, kind] =
    event.kind === "Paused"
      ? (["deposits were paused", "pauseDeposits"] as const)
      : (["deposits were taken again", "unpauseDeposits"] as const);
  checkOwnerCall(run, tx, what, kind);
  run.state.isPaused = event.kind === "Paused";
}

export function replayTransferStarted(run: Run, tx: TransactionRun, event: EventOf<"OwnershipTransferStarted">): void {
  const { newOwner } = event;
  const what = `ownership was offered to ${newOwner}`;
  checkOwnerCall(run, tx, what, "transferOwnership", (call) => call.newOwner === newOwner);
  run.state.pendingOwner = newOwner;
}

/** Ownership goes to the address that it was offered to. Nobody can give it up. */
export function replayOwnershipTransferred(run: Run, tx: TransactionRun, event: EventOf<"OwnershipTransferred">): void {
  const { state } = run;
  const { previousOwner, newOwner } = event;
  const what = `${newOwner} became the owner after ${previousOwner}`;
  if (state.owner !== ZeroAddress) checkSuccession(run, tx, event, what);
  state.owner = newOwner;
  state.pendingOwner = ZeroAddress;
}

function checkSuccession(run: Run, tx: TransactionRun, event: EventOf<"OwnershipTransferred">, what: string): void {
  const { owner, pendingOwner } = run.state;
  const { previousOwner, newOwner } = event;
  if (newOwner === ZeroAddress) {
    report(run, "owner", tx.facts, `${previousOwner} gave ownership up, which the contract does not allow`);
    return;
  }
  if (previousOwner !== owner || newOwner !== pendingOwner) {
    report(run, "owner", tx.facts, `${what}; the owner was ${owner}, and had offered it to ${pendingOwner}`, {
      expected: pendingOwner,
      actual: newOwner,
    });
  }
  const call = takeCall(tx, ["acceptOwnership"], ({ sender }) => sender === newOwner);
  if (call === "hidden") reportNotChecked(run, tx.facts, `${what} through another contract, without a trace`);
  if (call === null) report(run, "owner", tx.facts, `no call explains that ${what}`);
}
