import type { Call } from "../../../audit/facts/calls.ts";
import { eventsOf, STRANGER, withCalls, withEvents } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { ofCall, ofEvent } from "./tell.ts";

const OWNERS_CALLS = [
  "setOperator",
  "setAllotter",
  "retireAllotter",
  "setFee",
  "setFeeRecipient",
  "pauseDeposits",
  "unpauseDeposits",
  "requestBondWithdrawal",
  "withdrawBond",
  "transferOwnership",
] as const;

/** What only the owner may do, and how. */
export const OWNER_KINDS: readonly Kind[] = [
  ofCall("an owner's call by a stranger", OWNERS_CALLS, "owner", ({ item }) => {
    return { ...item, sender: STRANGER } as Call;
  }),
  // The first of each is the constructor's.
  ofEvent("an operator that nobody called for", "OperatorSet", "owner", ({ item, tx }) => {
    return tx === 0 ? null : [{ ...item, operator: STRANGER }];
  }),
  ofEvent("a fee recipient that nobody called for", "FeeRecipientSet", "owner", ({ item, tx }) => {
    return tx === 0 ? null : [{ ...item, feeRecipient: STRANGER }];
  }),
  ofEvent("an owner to whom nobody had offered it", "OwnershipTransferred", "owner", ({ item, tx }) => {
    return tx === 0 ? null : [{ ...item, newOwner: STRANGER }];
  }),
  ofEvent("a fee without its notice", "FeeSet", "fee", ({ item, tx }, random) => {
    return tx === 0 ? null : [{ ...item, effectiveAt: item.effectiveAt - 1 - random.below(200) }];
  }),
  {
    name: "a fee above the ceiling",
    tell(recording, random) {
      const place = eventsOf(recording, "FeeSet").find(({ tx }) => tx > 0);
      if (!place) return null;
      const call = { kind: "setFee", newFeeBps: 1_001 + random.below(500) } as const;
      const sender = place.facts.calls?.[0]?.sender ?? STRANGER;
      const raised = withEvents(recording, place, [{ ...place.item, feeBps: call.newFeeBps }]);
      return { recording: withCalls(raised, { tx: place.tx, at: 0 }, [{ ...call, sender }]), checks: ["fee"] };
    },
  },
  ofEvent("another fee than the owner set", "FeeSet", "owner", ({ item, tx }) => {
    return tx === 0 ? null : [{ ...item, feeBps: item.feeBps ^ 1 }];
  }),
  ofEvent("another budget than the owner set", "AllotterSet", "owner", ({ item, tx }) => {
    return tx === 0 ? null : [{ ...item, bondBudget: item.bondBudget + 1n }];
  }),
  ofEvent("a bond's delay", "BondWithdrawalRequested", "bond", ({ item }, random) => [
    { ...item, withdrawableAt: item.withdrawableAt - 1 - random.below(400) },
  ]),
  ofEvent("a bond that a stranger deposited", "BondDeposited", "owner", ({ item }) => [{ ...item, from: STRANGER }]),
];
