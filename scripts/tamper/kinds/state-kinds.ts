import type { CheckName } from "../../../audit/checks.ts";
import type { LaneState, PaidRecord } from "../../../audit/facts/lane-book.ts";
import type { AccountState, AllotterState, SessionState, ShownState } from "../../../audit/facts/state.ts";
import type { Random } from "../random.ts";
import { STRANGER } from "./edit.ts";
import type { Kind } from "./kind.ts";

/** A change of a view's answer. False: there is nothing to change. */
type Change<S> = (state: S, random: Random) => unknown;

/** The contract's views answer otherwise than the history says. */
function ofState(name: string, check: CheckName, change: Change<ShownState>): Kind {
  return {
    name,
    tell(recording, random) {
      const state = structuredClone(recording.state);
      return change(state, random) === false ? null : { recording: { ...recording, state }, checks: [check] };
    },
  };
}

function ofLanes(name: string, check: CheckName, change: Change<LaneState>): Kind {
  return {
    name,
    tell(recording, random) {
      const lanes = structuredClone(recording.lanes);
      return change(lanes, random) === false ? null : { recording: { ...recording, lanes }, checks: [check] };
    },
  };
}

/** Changes one of these records. */
function one<S, T>(recordsOf: (state: S) => ReadonlyMap<unknown, T>, change: (record: T) => unknown): Change<S> {
  return (state, random) => {
    const records = [...recordsOf(state).values()];
    if (records.length === 0) return false;
    change(random.pick(records));
    return true;
  };
}

const account = (change: (it: AccountState) => unknown) => one(({ accounts }: ShownState) => accounts, change);
const session = (change: (it: SessionState) => unknown) => one(({ sessions }: ShownState) => sessions, change);
const allotter = (change: (it: AllotterState) => unknown) => one(({ allotters }: ShownState) => allotters, change);
const paid = (change: (it: PaidRecord) => unknown) => one((lanes: LaneState) => lanes.paid, change);

export const STATE_KINDS: readonly Kind[] = [
  ofState(
    "an account's balance",
    "balance",
    account((it) => it.balance++),
  ),
  ofState(
    "what an account withdraws",
    "balance",
    account((it) => it.withdrawing++),
  ),
  ofState(
    "the time of an account's withdrawal",
    "balance",
    account((it) => it.withdrawableAt++),
  ),
  ofState(
    "the recipient of an account's withdrawal",
    "balance",
    account((it) => Object.assign(it, { recipient: STRANGER })),
  ),
  ofState(
    "an account's next release",
    "balance",
    account((it) => it.releaseNonce++),
  ),
  ofState(
    "an account's next nonce",
    "balance",
    account((it) => it.nonce++),
  ),
  ofState(
    "a session's limit",
    "session",
    session((it) => Object.assign(it, { limit: it.limit ^ 1n })),
  ),
  ofState(
    "a sum spent of a session",
    "session",
    session((it) => it.spent++),
  ),
  ofState(
    "an end of a session's view",
    "session",
    session((it) => it.expiresAt++),
  ),
  ofState(
    "whether a session is revoked",
    "session",
    session((it) => Object.assign(it, { revoked: !it.revoked })),
  ),
  ofLanes("a used lane's bit", "claimed-lanes", ({ usedLanes }, random) => {
    return usedLanes.size > 0 && usedLanes.delete(random.pick([...usedLanes]));
  }),
  ofLanes(
    "a sum that a lane has paid in claims",
    "claimed-lanes",
    paid((it) => it.amount++),
  ),
  ofLanes(
    "whether a claim has closed a lane",
    "claimed-lanes",
    paid((it) => Object.assign(it, { hasClosedLane: !it.hasClosedLane })),
  ),
  ofState("the bond", "bond-state", ({ bond }) => bond.amount--),
  ofState("what is asked back of the bond", "bond-state", ({ bond }) => bond.withdrawing++),
  ofState("the time of the bond's withdrawal", "bond-state", ({ bond }) => bond.withdrawableAt++),
  ofState(
    "an allotter's budget",
    "bond-state",
    allotter((it) => it.bondBudget++),
  ),
  ofState(
    "an allotter's announced budget",
    "bond-state",
    allotter((it) => it.nextBudget++),
  ),
  ofState(
    "the time of an allotter's budget",
    "bond-state",
    allotter((it) => it.effectiveAt--),
  ),
  ofLanes("a numbered deposit that the contract has forgotten", "deposit-id", ({ depositIds }, random) => {
    return depositIds.size > 0 && depositIds.delete(random.pick([...depositIds]));
  }),
  ofState(
    "an allotter's use of its budget",
    "bond-state",
    allotter((it) => it.bondSpent++),
  ),
  ofState(
    "an allotter's retirement",
    "bond-state",
    allotter((it) => it.retiredAt++),
  ),
  ofState(
    "whether an allotter is current",
    "bond-state",
    allotter((it) => Object.assign(it, { isCurrent: !it.isCurrent })),
  ),
  ofState("the number of batches", "contract-state", (state) => state.batchCount++),
  ofLanes("a batch's outcome in the contract", "contract-state", ({ outcomeHashes }, random) => {
    return outcomeHashes.size > 0 && outcomeHashes.set(random.pick([...outcomeHashes.keys()]), "0x");
  }),
  ...(["owner", "pendingOwner", "operator", "feeRecipient"] as const).map((power) =>
    ofState(`the ${power} in the contract`, "contract-state", (state) => Object.assign(state, { [power]: STRANGER })),
  ),
  ofState("the fee in the contract", "contract-state", ({ fee }) => fee.current++),
  ofState("the announced fee in the contract", "contract-state", ({ fee }) => fee.next++),
  ofState("the time of the announced fee", "contract-state", ({ fee }) => fee.effectiveAt++),
  ofState("the pause of deposits", "contract-state", (state) => Object.assign(state, { isPaused: !state.isPaused })),
  ofState("the sum of debts", "conservation", (state) => state.totalBalance++),
  {
    name: "missing tokens",
    tell(recording, random) {
      return { recording: { ...recording, held: recording.held - random.between(1n, 999n) }, checks: ["solvency"] };
    },
  },
];
