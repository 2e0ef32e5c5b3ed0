import type { AuthorizationTerms, CallOf } from "../../facts/calls.ts";
import type { EventOf } from "../../facts/events.ts";
import type { Address } from "../../facts/primitives.ts";
import { accountIn, sessionIn } from "../../facts/state.ts";
import { type Run, report, reportNotChecked, type TransactionRun, takeCall } from "../run.ts";

type Authorizing = CallOf<"authorizeSession" | "authorizeSessionFor">;

export function replaySessionAuthorized(run: Run, tx: TransactionRun, event: EventOf<"SessionAuthorized">): void {
  const { account, sessionKey, limit, expiresAt } = event;
  const session = sessionIn(run.state, account, sessionKey);
  const name = `session ${sessionKey} of ${account}`;
  const fail = (why: string): void => report(run, "session-authorization", tx.facts, `${name} ${why}`, { account });

  if (session.revoked) fail("was authorized after its wallet had revoked it");
  if (limit < session.limit || expiresAt < session.expiresAt) fail("has a lower limit or an earlier end than before");
  if (limit === session.limit && expiresAt === session.expiresAt) fail("was authorized again, but nothing rose");

  const kinds = ["authorizeSession", "authorizeSessionFor"] as const;
  const isSame = (candidate: Authorizing): boolean => {
    const terms = termsOf(candidate);
    return terms.account === account && terms.sessionKey === sessionKey;
  };
  const rises = (candidate: Authorizing): boolean => {
    const terms = termsOf(candidate);
    return limit === max(session.limit, terms.limit) && expiresAt === max(session.expiresAt, terms.expiresAt);
  };
  // A call that raises nothing leaves no event.
  const call = takeCall(tx, kinds, (candidate) => isSame(candidate) && rises(candidate)) ?? takeCall(tx, kinds, isSame);
  if (call === "hidden") {
    reportNotChecked(run, tx.facts, `${name} was authorized through another contract, without a trace`);
  } else if (call === null) {
    fail("was authorized by no call");
  } else {
    if (!rises(call)) fail("did not get the limit and end that its wallet gave");
    if (call.kind === "authorizeSessionFor") checkAuthorizer(run, tx, call);
  }
  if (session.limit === 0n && session.expiresAt === 0) session.spentBefore = accountIn(run.state, account).spent;
  session.limit = limit;
  session.expiresAt = expiresAt;
}

export function replaySessionRevoked(run: Run, tx: TransactionRun, event: EventOf<"SessionRevoked">): void {
  const { account, sessionKey, expiresAt } = event;
  const session = sessionIn(run.state, account, sessionKey);
  const name = `session ${sessionKey} of ${account}`;
  if (session.revoked) {
    report(run, "session-authorization", tx.facts, `${name} was revoked after its wallet had revoked it`, { account });
  }
  const due = Math.min(session.expiresAt, tx.facts.time + run.rules.allotmentPeriod);
  if (expiresAt !== due) {
    const details = { account, expected: String(due), actual: String(expiresAt) };
    report(run, "session-authorization", tx.facts, `${name} was revoked to end at ${expiresAt}, not ${due}`, details);
  }
  const call = takeCall(tx, ["revokeSession"], (candidate) => {
    return candidate.sender === account && candidate.sessionKey === sessionKey;
  });
  if (call === "hidden") {
    reportNotChecked(run, tx.facts, `${name} was revoked through another contract, without a trace`);
  } else if (call === null) {
    report(run, "session-authorization", tx.facts, `${name} was revoked, but not by its wallet`, { account });
  }
  session.expiresAt = expiresAt;
  session.revoked = true;
}

function checkAuthorizer(run: Run, tx: TransactionRun, call: CallOf<"authorizeSessionFor">): void {
  const { account, sessionKey } = call.authorization;
  const isDue = (key: Address | null): boolean => key === account;
  const signer = run.signers.recover("authorization", call.authorization, call.signature, isDue);
  if (signer === account) return;
  const name = `the authorization of session ${sessionKey} of ${account}`;
  if (run.contractWallets.has(account)) {
    reportNotChecked(run, tx.facts, `${name} is signed by a wallet with code (ERC-1271)`);
    return;
  }
  const sentence = `${name} is signed by ${signer ?? "nobody"}, not by the wallet`;
  const details = { account, expected: account, actual: signer ?? "nobody" };
  report(run, "session-authorization", tx.facts, sentence, details);
}

function termsOf(call: Authorizing): AuthorizationTerms {
  return call.kind === "authorizeSessionFor" ? call.authorization : { ...call, account: call.sender };
}

function max<T extends bigint | number>(a: T, b: T): T {
  return a > b ? a : b;
}
