import type { Call } from "../../../audit/facts/calls.ts";
import { callsOf, eventsOf, STRANGER, withCalls, withEvents } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about, ofCall, ofEvent } from "./tell.ts";

const NOBODY = `0x${"0".repeat(40)}`;

const OWNERS_CALLS = [
  "setOperator",
  "setAllotter",
  "retireAllotter",
  "setFee",
  "setFeeRecipient",
  "pauseDeposits",
  "unpauseDeposits",
  "depositBond",
  "requestBondWithdrawal",
  "withdrawBond",
  "transferOwnership",
] as const;

/** What only the owner may do, and how. The first event of each kind is the constructor's. */
export const OWNER_KINDS: readonly Kind[] = [
  ...OWNERS_CALLS.map((kind) =>
    ofCall(`${kind} by a stranger`, [kind], "owner", ({ item }) => ({ ...item, sender: STRANGER }) as Call),
  ),
  ofCall(
    "acceptOwnership by a stranger",
    ["acceptOwnership"],
    "owner",
    ({ item }) => ({ ...item, sender: STRANGER }),
    "no call explains that",
  ),
  ofCall("a pause that nobody called for", ["pauseDeposits"], "owner", () => [], "no call explains that"),
  ofEvent(
    "an operator that nobody called for",
    "OperatorSet",
    "owner",
    ({ item, tx }) => (tx === 0 ? null : [{ ...item, operator: STRANGER }]),
    "no call explains that",
  ),
  ofEvent(
    "an operator with code",
    "OperatorSet",
    "operator-key",
    ({ item }) => [{ ...item, hasCode: true }],
    "became operator, but has code",
  ),
  about(
    "fees that go to the contract itself",
    "owner",
    (recording) => callsOf(recording, "setFeeRecipient"),
    (recording, call) => {
      const { contract } = recording.rules;
      const [event] = eventsOf(recording, "FeeRecipientSet").filter(({ tx }) => tx === call.tx);
      const told = event && withEvents(recording, event, [{ ...event.item, feeRecipient: contract }]);
      return told ? withCalls(told, call, [{ ...call.item, newFeeRecipient: contract }]) : null;
    },
    "where nobody could ever use them",
  ),
  ofEvent(
    "ownership given up",
    "OwnershipTransferred",
    "owner",
    ({ item, tx }) => (tx === 0 ? null : [{ ...item, newOwner: NOBODY }]),
    "gave ownership up, which the contract does not allow",
  ),
  ofEvent("a fee recipient that nobody called for", "FeeRecipientSet", "owner", ({ item, tx }) => {
    return tx === 0 ? null : [{ ...item, feeRecipient: STRANGER }];
  }),
  ofEvent(
    "an owner to which nobody had offered it",
    "OwnershipTransferred",
    "owner",
    ({ item, tx }) => (tx === 0 ? null : [{ ...item, newOwner: STRANGER }]),
    "and had offered it to",
  ),
  ofEvent(
    "a fee without its notice",
    "FeeSet",
    "fee",
    ({ item, tx }) => (tx === 0 ? null : [{ ...item, effectiveAt: item.effectiveAt - 1 }]),
    "1 s too early",
  ),
  about(
    "a fee above the ceiling",
    "fee",
    (recording) => eventsOf(recording, "FeeSet").filter(({ tx }) => tx > 0),
    (recording, place, random) => {
      const call = { kind: "setFee", newFeeBps: 1_001 + random.below(500) } as const;
      const sender = place.facts.calls?.[0]?.sender ?? STRANGER;
      const raised = withEvents(recording, place, [{ ...place.item, feeBps: call.newFeeBps }]);
      return withCalls(raised, { tx: place.tx, at: 0 }, [{ ...call, sender }]);
    },
    "above the ceiling of 1000",
  ),
  ofEvent("another fee than the owner set", "FeeSet", "owner", ({ item, tx }) => {
    return tx === 0 ? null : [{ ...item, feeBps: item.feeBps ^ 1 }];
  }),
  ofEvent("another budget than the owner set", "AllotterSet", "owner", ({ item, tx }) => {
    return tx === 0 ? null : [{ ...item, bondBudget: item.bondBudget + 1n }];
  }),
  ofEvent(
    "a budget that falls",
    "AllotterSet",
    "allotters",
    ({ item, tx }, _, recording) => {
      const before = eventsOf(recording, "AllotterSet").findLast(
        (place) => place.tx < tx && place.item.allotter === item.allotter,
      );
      return before ? [{ ...item, bondBudget: before.item.bondBudget - 1n }] : null;
    },
    ({ item }) => `the budget of allotter ${item.allotter} fell from`,
  ),
  ofEvent(
    "a budget that counts too early",
    "AllotterSet",
    "allotters",
    ({ item, tx }, random) => (tx === 0 ? null : [{ ...item, effectiveAt: item.effectiveAt - 1 - random.below(480) }]),
    "with the delay it would be",
  ),
  ofEvent(
    "a retirement of a key that was no allotter",
    "AllotterRetired",
    "allotters",
    ({ item }) => [{ ...item, allotter: STRANGER }],
    "was no current allotter",
  ),
  ofEvent(
    "a bond's delay",
    "BondWithdrawalRequested",
    "bond",
    ({ item }, random) => [{ ...item, withdrawableAt: item.withdrawableAt - 1 - random.below(400) }],
    "with the delay it would be",
  ),
  ofEvent(
    "more of the bond asked back than there is",
    "BondWithdrawalRequested",
    "bond",
    ({ item }) => [{ ...item, amount: 2n ** 80n }],
    "; it holds",
  ),
  ofEvent("a bond that a stranger deposited", "BondDeposited", "owner", ({ item }) => [{ ...item, from: STRANGER }]),
];
