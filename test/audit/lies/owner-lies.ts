import type { Call } from "../../../audit/facts/calls.ts";
import { type Lie, later, STRANGER, withCall, withEvent, withTransactionOf } from "./lie.ts";

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
] as const satisfies readonly Call["kind"][];

const bySomeoneElse = OWNERS_CALLS.map((kind): Lie => {
  return [`${kind} by someone else`, withCall(kind, (call) => ({ ...call, sender: STRANGER }) as Call), "owner"];
});

export const OWNER_LIES: readonly Lie[] = [
  ...bySomeoneElse,
  [
    "acceptOwnership by someone else",
    withCall("acceptOwnership", (call) => ({ ...call, sender: STRANGER })),
    "owner",
    "no call explains",
  ],
  [
    "another owner than the one that was offered it",
    withEvent("OwnershipTransferred", (event) => ({ ...event, newOwner: STRANGER }), 1),
    "owner",
    "had offered it to",
  ],
  [
    "another operator than was called for",
    withEvent("OperatorSet", () => ({ kind: "OperatorSet", operator: STRANGER }), 1),
    "owner",
    "no call explains",
  ],
  ["a pause that nobody called for", withCall("pauseDeposits", () => null), "owner"],
  [
    "a bond that someone else deposited",
    withEvent("BondDeposited", (event) => ({ ...event, from: STRANGER })),
    "owner",
  ],
  [
    "a fee change without notice",
    withEvent("FeeSet", (event) => ({ ...event, effectiveAt: event.effectiveAt - 1 }), 1),
    "fee",
    "1 s too early",
  ],
  [
    "a fee above the ceiling",
    withEvent("FeeSet", (event) => ({ ...event, feeBps: 1_001 }), 1),
    "fee",
    "above the ceiling of 1000",
  ],
  [
    "a budget that falls",
    withEvent("AllotterSet", (event) => ({ ...event, bondBudget: 3_000n }), 2),
    "allotters",
    "fell from 4000 to 3000",
  ],
  [
    "an allotter that comes back",
    withEvent("AllotterRetired", (event) => [
      event,
      { kind: "AllotterSet", allotter: event.allotter, bondBudget: 6_000n },
    ]),
    "allotters",
    "became an allotter again after its retirement",
  ],
  [
    "the retirement of a key that was no allotter",
    withEvent("AllotterRetired", (event) => ({ ...event, allotter: STRANGER })),
    "allotters",
    "was no current allotter",
  ],
  [
    "a retirement at another time",
    withEvent("AllotterRetired", (event) => ({ ...event, retiredAt: event.retiredAt + 1 })),
    "allotters",
    "at another time than the block's",
  ],
  [
    "a bond withdrawal without the delay",
    withEvent("BondWithdrawalRequested", (event) => ({ ...event, withdrawableAt: event.withdrawableAt - 1 }), 2),
    "bond",
    "with the delay it would be",
  ],
  [
    "a bond withdrawal of more than there is",
    withEvent("BondWithdrawalRequested", (event) => ({ ...event, amount: 60_000n }), 2),
    "bond",
    "it holds 44100",
  ],
  [
    "a bond withdrawal that is too large",
    withEvent("BondWithdrawn", (event) => ({ ...event, amount: event.amount + 1n })),
    "bond",
    "10000 were asked for and left of it",
  ],
  [
    "a bond withdrawal before its time",
    withTransactionOf("BondWithdrawn", later(-200)),
    "bond",
    "s before the delay was over",
  ],
];
