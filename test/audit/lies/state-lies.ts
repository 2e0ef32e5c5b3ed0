import type { CheckName } from "../../../audit/checks.ts";
import type { LaneState } from "../../../audit/facts/lane-book.ts";
import { type ContractState, sumOfDebts } from "../../../audit/facts/state.ts";
import { STRANGER } from "./lie.ts";

/** All that a contract keeps. */
export type WholeState = ContractState & LaneState;

/** What is wrong; how the state is changed (it may return the tokens that the contract holds); the check that finds it. */
export type StateLie = readonly [sentence: string, change: (state: WholeState) => bigint | undefined, check: CheckName];

/** The value that was set last. */
function last<T>(values: ReadonlyMap<string, T>): T {
  return [...values.values()].at(-1) as T;
}

const change = (act: (state: WholeState) => unknown) => (state: WholeState) => {
  act(state);
  return undefined;
};

export const STATE_LIES: readonly StateLie[] = [
  ["another balance", change((state) => last(state.accounts).balance++), "balance"],
  ["another withdrawal", change((state) => last(state.accounts).withdrawing++), "balance"],
  ["another time of withdrawal", change((state) => last(state.accounts).withdrawableAt++), "balance"],
  ["another recipient", change((state) => Object.assign(last(state.accounts), { recipient: STRANGER })), "balance"],
  ["another number of the next release", change((state) => last(state.accounts).releaseNonce++), "balance"],
  ["another nonce", change((state) => last(state.accounts).nonce++), "balance"],
  ["another limit", change((state) => last(state.sessions).limit++), "session"],
  ["another sum spent", change((state) => last(state.sessions).spent++), "session"],
  ["another end of a session", change((state) => last(state.sessions).expiresAt++), "session"],
  [
    "a session that is not revoked",
    change((state) => [...state.sessions.values()].map((one) => Object.assign(one, { revoked: false }))),
    "session",
  ],
  ["an unused lane", change((state) => state.usedLanes.clear()), "claimed-lanes"],
  ["another sum that a lane has paid", change((state) => last(state.paid).amount++), "claimed-lanes"],
  [
    "a lane that no claim has closed",
    change((state) => Object.assign(last(state.paid), { hasClosedLane: false })),
    "claimed-lanes",
  ],
  ["another bond", change((state) => state.bond.amount++), "bond-state"],
  ["another bond withdrawal", change((state) => state.bond.withdrawing++), "bond-state"],
  ["another time of the bond's withdrawal", change((state) => state.bond.withdrawableAt++), "bond-state"],
  ["another budget", change((state) => last(state.allotters).bondBudget++), "bond-state"],
  ["another use of a budget", change((state) => last(state.allotters).bondSpent++), "bond-state"],
  ["another retirement", change((state) => last(state.allotters).retiredAt++), "bond-state"],
  [
    "an allotter that is current again",
    change((state) => Object.assign(last(state.allotters), { isCurrent: true })),
    "bond-state",
  ],
  ["another number of batches", change((state) => state.batchCount++), "contract-state"],
  ["another outcome", change((state) => state.outcomeHashes.set(1, "0x")), "contract-state"],
  ["another owner", change((state) => Object.assign(state, { owner: STRANGER })), "contract-state"],
  ["another next owner", change((state) => Object.assign(state, { pendingOwner: STRANGER })), "contract-state"],
  ["another operator", change((state) => Object.assign(state, { operator: STRANGER })), "contract-state"],
  ["another fee recipient", change((state) => Object.assign(state, { feeRecipient: STRANGER })), "contract-state"],
  ["another fee", change((state) => state.fee.current++), "contract-state"],
  ["another announced fee", change((state) => state.fee.next++), "contract-state"],
  ["a pause", change((state) => Object.assign(state, { isPaused: true })), "contract-state"],
  ["a sum of debts that is not theirs", change((state) => state.totalBalance++), "conservation"],
  ["one token less than is owed", (state) => sumOfDebts(state) - 1n, "solvency"],
];
