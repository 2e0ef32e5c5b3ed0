import { keccak256 } from "viem";
import type { CheckName } from "../../../audit/checks.ts";
import type { LaneState } from "../../../audit/facts/lane-book.ts";
import type { ContractState } from "../../../audit/facts/state.ts";
import type { Random } from "../random.ts";
import { STRANGER } from "./edit.ts";
import type { Kind } from "./kind.ts";

/**
 * A view that answers otherwise than the history makes it. False when there is nothing to change.
 */
function ofState(name: string, check: CheckName, change: (state: ContractState, random: Random) => boolean): Kind {
  return {
    name,
    tell(recording, random) {
      const state = structuredClone(recording.state);
      return change(state, random) ? { recording: { ...recording, state }, checks: [check] } : null;
    },
  };
}

function ofLanes(name: string, check: CheckName, change: (lanes: LaneState, random: Random) => boolean): Kind {
  return {
    name,
    tell(recording, random) {
      const lanes = structuredClone(recording.lanes);
      return change(lanes, random) ? { recording: { ...recording, lanes }, checks: [check] } : null;
    },
  };
}

function some<T>(values: ReadonlyMap<unknown, T>, random: Random): T | null {
  return values.size === 0 ? null : random.pick([...values.values()]);
}

export const STATE_KINDS: readonly Kind[] = [
  ofState("an account's balance", "balance", ({ accounts }, random) => {
    const account = some(accounts, random);
    if (account === null) return false;
    account.balance += random.between(1n, 1_000n);
    return true;
  }),
  ofState("what an account withdraws", "balance", ({ accounts }, random) => {
    const account = some(accounts, random);
    if (account === null) return false;
    account.withdrawing += 1n;
    return true;
  }),
  ofState("an account's next nonce", "balance", ({ accounts }, random) => {
    const account = some(accounts, random);
    if (account === null) return false;
    if (random.once(2)) account.nonce++;
    else account.releaseNonce++;
    return true;
  }),
  ofState("a limit or a sum spent of a session", "session", ({ sessions }, random) => {
    const session = some(sessions, random);
    if (session === null) return false;
    if (random.once(2)) session.limit ^= 1n;
    else session.spent += 1n;
    return true;
  }),
  ofState("an end of a session's view", "session", ({ sessions }, random) => {
    const session = some(sessions, random);
    if (session === null) return false;
    session.expiresAt += 1;
    return true;
  }),
  ofLanes("a used lane's bit", "claimed-lanes", ({ usedLanes }, random) => {
    return usedLanes.size > 0 && usedLanes.delete(random.pick([...usedLanes]));
  }),
  ofLanes("a sum that claims have paid on a lane", "claimed-lanes", ({ paid }, random) => {
    const record = some(paid, random);
    if (record === null) return false;
    record.amount += 1n;
    return true;
  }),
  ofState("the bond", "bond-state", ({ bond }, random) => {
    bond.amount -= random.between(1n, 100n);
    return true;
  }),
  ofState("an allotter's use of its budget", "bond-state", ({ allotters }, random) => {
    const allotter = some(allotters, random);
    if (allotter === null) return false;
    allotter.bondSpent += 1n;
    return true;
  }),
  ofLanes("a batch's outcome in the contract", "contract-state", ({ outcomeHashes }, random) => {
    if (outcomeHashes.size === 0) return false;
    const batch = random.pick([...outcomeHashes.keys()]);
    outcomeHashes.set(batch, keccak256(outcomeHashes.get(batch) as `0x${string}`));
    return true;
  }),
  ofState("an operator or owner in the contract", "contract-state", (state, random) => {
    state[random.pick(["operator", "owner", "feeRecipient"] as const)] = STRANGER;
    return true;
  }),
  ofState("the sum of debts", "conservation", (state) => {
    state.totalBalance += 1n;
    return true;
  }),
  {
    name: "missing tokens",
    tell(recording, random) {
      return { recording: { ...recording, held: recording.held - random.between(1n, 999n) }, checks: ["solvency"] };
    },
  },
];
