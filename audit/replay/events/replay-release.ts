import type { CallOf } from "../../facts/calls.ts";
import type { EventOf } from "../../facts/events.ts";
import type { Address } from "../../facts/primitives.ts";
import { accountIn } from "../../facts/state.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "../run.ts";
import { checkConsent } from "./withdrawal-consent.ts";

type Released = EventOf<"Released">;
type ReleaseCall = CallOf<"withdrawNow" | "withdrawNowFor">;

/** Money that left at once: the account asked for it, and a current allotter released it. */
export function replayReleased(run: Run, tx: TransactionRun, event: Released): void {
  const { account, to, amount, nonce } = event;
  const { money, state, tallies } = run;
  const holder = accountIn(state, account);
  const name = `the release of ${money(amount)} of ${account} to ${to}`;
  if (amount > holder.balance) {
    const details = { account, expected: String(holder.balance), actual: String(amount) };
    report(run, "release", tx.facts, `${name} is above its balance of ${money(holder.balance)}`, details);
  }
  if (nonce !== holder.releaseNonce) {
    const details = { account, expected: String(holder.releaseNonce), actual: String(nonce) };
    report(run, "release", tx.facts, `${name} has number ${nonce}; the next was ${holder.releaseNonce}`, details);
  }
  const call = takeCall(tx, ["withdrawNow", "withdrawNowFor"], (candidate) => isAsked(candidate, event));
  if (call === "hidden") {
    reportNotChecked(run, tx.facts, `${name} came through another contract, without a trace`);
    run.cloudedNonces.add(account);
  } else if (call === null) {
    report(run, "release-consent", tx.facts, `no call of the account, or with its signature, explains ${name}`, {
      account,
    });
  } else {
    if (call.kind === "withdrawNowFor") checkConsent(run, tx, "release-consent", call);
    checkRelease(run, tx, call, event, name);
  }
  holder.balance -= amount;
  holder.releaseNonce++;
  state.totalBalance -= amount;
  tallies.releases++;
  tallies.released += amount;
}

function isAsked(call: ReleaseCall, { account, to, amount }: Released): boolean {
  const asked = call.kind === "withdrawNow" ? { ...call, account: call.sender } : call.withdrawal;
  return asked.account === account && asked.to === to && asked.amount === amount;
}

function checkRelease(run: Run, tx: TransactionRun, call: ReleaseCall, event: Released, name: string): void {
  const { account, to, amount, nonce } = event;
  const deadline = call.kind === "withdrawNow" ? call.deadline : call.releaseDeadline;
  const fail = (why: string, details = {}): void =>
    report(run, "release", tx.facts, `${name} ${why}`, { account, ...details });
  if (tx.facts.time > deadline) fail("came after its deadline");

  const isCurrent = (key: Address | null): boolean => key !== null && run.state.allotters.get(key)?.isCurrent === true;
  const terms = { account, to, amount, nonce, deadline };
  const signer = run.signers.recover("release", terms, call.releaseSignature, isCurrent);
  if (!isCurrent(signer)) {
    fail(`is signed by ${signer ?? "nobody"}, which was no current allotter`, { actual: signer ?? "nobody" });
  } else if (signer !== event.allotter) {
    fail(`names allotter ${event.allotter}, but ${signer} signed it`, { expected: signer, actual: event.allotter });
  }
}
