import { ZeroAddress } from "ethers";
import {
  type Change,
  inTurn,
  type Lie,
  later,
  STRANGER,
  twice,
  withBit,
  withCall,
  withEvent,
  withTransactionOf,
} from "./lie.ts";

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
    "did not get the limit and end that its wallet gave",
  ],
  [
    "a session that its wallet did not sign",
    withCall("authorizeSessionFor", (call) => ({ ...call, signature: withBit(call.signature, 40) })),
    "session-authorization",
    "not by the wallet",
  ],
  [
    "a session of another's wallet",
    withCall("authorizeSession", (call) => ({ ...call, sender: STRANGER })),
    "session-authorization",
    "was authorized by no call",
  ],
  [
    "a revocation that nobody called",
    withCall("revokeSession", () => null),
    "session-authorization",
    "not by its wallet",
  ],
  [
    "a revocation that ends at once",
    withEvent("SessionRevoked", (event) => ({ ...event, expiresAt: 1 })),
    "session-authorization",
    "was revoked to end at 1",
  ],
  [
    "a withdrawal request of someone else",
    withCall("requestWithdrawal", (call) => ({ ...call, sender: STRANGER })),
    "withdrawal-request",
    "no call explains",
  ],
  [
    "a withdrawal request without the delay",
    withEvent("WithdrawalRequested", (event) => ({ ...event, withdrawableAt: event.withdrawableAt - 1 })),
    "withdrawal-request",
    "with the delay it would be",
  ],
  [
    "a withdrawal request of more than there is",
    inTurn(
      withCall("requestWithdrawal", (call) => ({ ...call, amount: 900_000n })),
      withEvent("WithdrawalRequested", (event) => ({ ...event, amount: 900_000n })),
    ),
    "withdrawal-request",
    "asked back 900000 of a balance of 819926",
  ],
  [
    "a relayed request that was not signed",
    withCall("requestWithdrawalFor", (call) => ({ ...call, signature: withBit(call.signature, 40) })),
    "withdrawal-request",
    "not by the wallet",
  ],
  [
    "a relayed request used twice",
    withTransactionOf("WithdrawalRequested", twice, 1),
    "withdrawal-request",
    "uses nonce 0; its next was 1",
  ],
  [
    "a relayed request after its deadline",
    withTransactionOf("WithdrawalRequested", later(4_000), 1),
    "withdrawal-request",
    "came after its deadline",
  ],
  [
    "a withdrawal that is too large",
    withEvent("Withdrawn", (event) => ({ ...event, amount: event.amount + 1n })),
    "withdrawal",
    "withdrew 200001; 200000 were asked for and left",
  ],
  [
    "a withdrawal to someone else",
    withEvent("Withdrawn", (event) => ({ ...event, to: STRANGER }), 1),
    "withdrawal",
    "no call explains that 12345",
  ],
  [
    "a withdrawal before its time",
    withTransactionOf("Withdrawn", later(-100)),
    "withdrawal",
    "s before the delay was over",
  ],
  [
    "a release of another number",
    withEvent("Released", (event) => ({ ...event, nonce: event.nonce + 1 })),
    "release",
    "has number 1; the next was 0",
  ],
  ["a release used twice", withTransactionOf("Released", twice), "release", "has number 0; the next was 1"],
  ["a release after its deadline", withTransactionOf("Released", later(4_000)), "release", "came after its deadline"],
  [
    "a release that T did not sign",
    withCall("withdrawNow", (call) => ({ ...call, releaseSignature: withBit(call.releaseSignature, 40) })),
    "release",
    "which was no current allotter",
  ],
  [
    "a release of another allotter",
    withEvent("Released", (event) => ({ ...event, allotter: STRANGER })),
    "release",
    "names allotter",
  ],
  [
    "a release by a retired allotter",
    withEvent("Released", (event) => [{ kind: "AllotterRetired", allotter: event.allotter, retiredAt: 1 }, event]),
    "release",
    "which was no current allotter",
  ],
  [
    "a release above the balance",
    withEvent("Released", (event) => [
      { kind: "Withdrawn", account: event.account, to: event.to, amount: 974_190n },
      event,
    ]),
    "release",
    "is above its balance of 0",
  ],
  [
    "a release that the account did not ask for",
    withCall("withdrawNow", (call) => ({ ...call, sender: STRANGER })),
    "release-consent",
    "no call of the account, or with its signature",
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
    "not by the wallet",
  ],
  [
    "a relayed release used twice",
    withTransactionOf("Released", twice, 1),
    "release-consent",
    "uses nonce 1; its next was 2",
  ],
  [
    "a deposit without tokens",
    withEvent("Deposited", (event) => ({ ...event, amount: event.amount + 1n })),
    "token-flow",
    "deposits of 1000001 were credited, but 1000000 arrived",
  ],
  ["tokens that leave without a withdrawal", stealOneUnit, "token-flow", "1 left to"],
  [
    "a release without tokens",
    withTransactionOf("Released", (facts) => [{ ...facts, transfers: [] }]),
    "token-flow",
    "withdrawals to it are 2000",
  ],
  [
    "a deposit of someone else",
    withEvent("Deposited", (event) => ({ ...event, from: STRANGER })),
    "deposit",
    "no call explains",
  ],
  ["a deposit for someone else", withEvent("Deposited", (event) => ({ ...event, account: STRANGER })), "deposit"],
  [
    "a deposit while deposits were paused",
    withEvent("Deposited", (event) => [{ kind: "Paused", account: STRANGER }, event]),
    "deposit",
    "came while deposits were paused",
  ],
  ["a deposit that was not told", withEvent("Deposited", () => null), "call-events", "a call of depositFor by"],
  ["a withdrawal that was not told", withEvent("Withdrawn", () => null), "call-events", "a call of withdraw by"],
  ["a release that was not told", withEvent("Released", () => null), "call-events", "a call of withdrawNow by"],
  [
    "a session that was not told",
    withEvent("SessionAuthorized", () => null),
    "call-events",
    "a call of authorizeSessionFor by",
  ],
  [
    "a revocation that was not told",
    withEvent("SessionRevoked", () => null),
    "call-events",
    "a call of revokeSession by",
  ],
  ["a pause that was not told", withEvent("Paused", () => null), "call-events", "a call of pauseDeposits by"],
  [
    "a batch that was not told",
    (all) =>
      all.map((one) => ({
        ...one,
        events: one.events.filter((event) => !("batch" in event)),
      })),
    "call-events",
    "a call of settle by",
  ],
];
