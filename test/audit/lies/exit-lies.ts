import { ZeroAddress } from "ethers";
import { type Lie, later, STRANGER, twice, withBit, withCall, withEvent, withTransactionOf } from "./lie.ts";

/** A transfer of the contract's tokens in a transaction that has nothing to do with them. */
const stealOneUnit: Change = (all) => {
  const contract = all.flatMap(({ transfers }) => transfers)[0]?.to ?? ZeroAddress;
  const theft = { from: contract, to: STRANGER, amount: 1n };
  return withTransactionOf("SessionRevoked", (facts) => [{ ...facts, transfers: [theft] }])(all);
};

export const EXIT_LIES: readonly Lie[] = [
  [
    "a session of another limit",
    withEvent("SessionAuthorized", (event) => ({ ...event, limit: event.limit + 1n })),
    "session-authorization",
  ],
  [
    "a session that its wallet did not sign",
    withCall("authorizeSessionFor", (call) => ({ ...call, signature: withBit(call.signature, 40) })),
    "session-authorization",
  ],
  [
    "a session of another's wallet",
    withCall("authorizeSession", (call) => ({ ...call, sender: STRANGER })),
    "session-authorization",
  ],
  ["a revocation that nobody called", withCall("revokeSession", () => null), "session-authorization"],
  [
    "a revocation that ends at once",
    withEvent("SessionRevoked", (event) => ({ ...event, expiresAt: 1 })),
    "session-authorization",
  ],
  [
    "a withdrawal request of someone else",
    withCall("requestWithdrawal", (call) => ({ ...call, sender: STRANGER })),
    "withdrawal-request",
  ],
  [
    "a withdrawal request without the delay",
    withEvent("WithdrawalRequested", (event) => ({ ...event, withdrawableAt: event.withdrawableAt - 1 })),
    "withdrawal-request",
  ],
  [
    "a relayed request that was not signed",
    withCall("requestWithdrawalFor", (call) => ({ ...call, signature: withBit(call.signature, 40) })),
    "withdrawal-request",
  ],
  ["a relayed request used twice", withTransactionOf("WithdrawalRequested", twice, 1), "withdrawal-request"],
  [
    "a relayed request after its deadline",
    withTransactionOf("WithdrawalRequested", later(4_000), 1),
    "withdrawal-request",
  ],
  [
    "a withdrawal that is too large",
    withEvent("Withdrawn", (event) => ({ ...event, amount: event.amount + 1n })),
    "withdrawal",
  ],
  ["a withdrawal to someone else", withEvent("Withdrawn", (event) => ({ ...event, to: STRANGER }), 1), "withdrawal"],
  ["a withdrawal before its time", withTransactionOf("Withdrawn", later(-100)), "withdrawal"],
  ["a release of another number", withEvent("Released", (event) => ({ ...event, nonce: event.nonce + 1 })), "release"],
  ["a release used twice", withTransactionOf("Released", twice), "release"],
  ["a release after its deadline", withTransactionOf("Released", later(4_000)), "release"],
  [
    "a release that T did not sign",
    withCall("withdrawNow", (call) => ({ ...call, releaseSignature: withBit(call.releaseSignature, 40) })),
    "release",
  ],
  ["a release of another allotter", withEvent("Released", (event) => ({ ...event, allotter: STRANGER })), "release"],
  [
    "a release by a retired allotter",
    withEvent("Released", (event) => [{ kind: "AllotterRetired", allotter: event.allotter, retiredAt: 1 }, event]),
    "release",
  ],
  [
    "a release above the balance",
    withEvent("Released", (event) => [
      { kind: "Withdrawn", account: event.account, to: event.to, amount: 974_190n },
      event,
    ]),
    "release",
  ],
  [
    "a release that the account did not ask for",
    withCall("withdrawNow", (call) => ({ ...call, sender: STRANGER })),
    "release-consent",
  ],
  [
    "a release of more than was asked for",
    withEvent("Released", (event) => ({ ...event, amount: event.amount + 1n })),
    "release-consent",
  ],
  [
    "a relayed release that the wallet did not sign",
    withCall("withdrawNowFor", (call) => ({ ...call, signature: withBit(call.signature, 40) })),
    "release-consent",
  ],
  ["a relayed release used twice", withTransactionOf("Released", twice, 1), "release-consent"],
  [
    "a deposit without tokens",
    withEvent("Deposited", (event) => ({ ...event, amount: event.amount + 1n })),
    "token-flow",
  ],
  [
    "tokens that leave without a withdrawal",
    stealOneUnit,
    "token-flow",
  ],
  ["a release without tokens", withTransactionOf("Released", (facts) => [{ ...facts, transfers: [] }]), "token-flow"],
  ["a deposit of someone else", withEvent("Deposited", (event) => ({ ...event, from: STRANGER })), "deposit"],
  ["a deposit for someone else", withEvent("Deposited", (event) => ({ ...event, account: STRANGER })), "deposit"],
  [
    "a deposit while deposits were paused",
    withEvent("Deposited", (event) => [{ kind: "Paused", account: STRANGER }, event]),
    "deposit",
  ],
  ["a deposit that was not told", withEvent("Deposited", () => null), "call-events"],
  ["a withdrawal that was not told", withEvent("Withdrawn", () => null), "call-events"],
  ["a release that was not told", withEvent("Released", () => null), "call-events"],
  ["a session that was not told", withEvent("SessionAuthorized", () => null), "call-events"],
  ["a revocation that was not told", withEvent("SessionRevoked", () => null), "call-events"],
  ["a pause that was not told", withEvent("Paused", () => null), "call-events"],
  [
    "a batch that was not told",
    (all) =>
      all.map((one) => ({
        ...one,
        events: one.events.filter((event) => !("batch" in event)),
      })),
    "call-events",
  ],
];
