import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import { type ContractState, Draft, nameOf, type RecordName, type Records } from "./contract-state.ts";
import type { MirrorEvent } from "./mirror-events.ts";

/** Of one event's type. */
type Of<T extends MirrorEvent["type"]> = Extract<MirrorEvent, { readonly type: T }>;

/**
 * What the events change, in their order: the records after them. `timeOf`: time of a block with
 * events, seconds since 1970. Pure.
 */
export function applyEvents(
  state: ContractState,
  events: readonly MirrorEvent[],
  timeOf: (block: number) => number,
): ReadonlyMap<RecordName, Records[keyof Records]> {
  const draft = new Draft(state);
  for (const event of events) applyOne(draft, event, timeOf(event.block));
  return draft.changes;
}

type Handlers = { readonly [T in MirrorEvent["type"]]: (draft: Draft, event: Of<T>, now: number) => void };

const HANDLERS: Handlers = {
  deposited: deposit,
  sessionAuthorized: setSession,
  sessionRevoked: setSession,
  debited: (draft, { entries }) => {
    for (const { account, amount } of entries) spend(draft, account, amount);
  },
  credited: (draft, { entries }) => {
    for (const { account, amount } of entries) credit(draft, account, amount);
  },
  settled: settle,
  rowsSkipped: () => undefined,
  claimed: claim,
  withdrawalRequested: requestWithdrawal,
  withdrawn: withdraw,
  released: release,
  bondDeposited: (draft, { amount }) => {
    draft.amend("bond", nameOf.bond, { amount: draft.get("bond", nameOf.bond).amount + amount });
    addTotal(draft, amount);
  },
  bondRequested: (draft, { amount, withdrawableAt }) =>
    draft.amend("bond", nameOf.bond, { withdrawing: amount, withdrawableAt }),
  bondWithdrawn: (draft, { amount }) => {
    const left = draft.get("bond", nameOf.bond).amount - amount;
    draft.set("bond", nameOf.bond, { amount: left, withdrawing: 0n, withdrawableAt: 0 });
    addTotal(draft, -amount);
  },
  operator: setOperator,
  feeRecipient: (draft, { feeRecipient }) => draft.amend("terms", nameOf.terms, { feeRecipient }),
  paused: (draft, { isPaused }) => draft.amend("terms", nameOf.terms, { isPaused }),
  fee: setFee,
  allotter: setAllotter,
  allotterRetired: (draft, { allotter, retiredAt }) =>
    draft.amend("allotter", nameOf.allotter(allotter), { isCurrent: false, retiredAt }),
};

function applyOne<T extends MirrorEvent["type"]>(draft: Draft, event: Of<T>, now: number): void {
  const handle = HANDLERS[event.type as T] as (draft: Draft, event: Of<T>, now: number) => void;
  handle(draft, event, now);
}

function setOperator(draft: Draft, { operator }: Of<"operator">): void {
  const { operators } = draft.get("terms", nameOf.terms);
  const others = operators.filter((one) => one !== operator);
  draft.amend("terms", nameOf.terms, { operator, operators: [...others, operator] });
}

/** What counted until now goes on until the new fee's time. */
function setFee(draft: Draft, event: Of<"fee">, now: number): void {
  const terms = draft.get("terms", nameOf.terms);
  const feeBps = now < terms.feeEffectiveAt ? terms.feeBps : terms.nextFeeBps;
  draft.amend("terms", nameOf.terms, { feeBps, nextFeeBps: event.feeBps, feeEffectiveAt: event.effectiveAt });
}

function setAllotter(draft: Draft, event: Of<"allotter">, now: number): void {
  const name = nameOf.allotter(event.allotter);
  const { bondBudget, nextBudget, effectiveAt } = draft.get("allotter", name);
  draft.amend("allotter", name, {
    isCurrent: true,
    bondBudget: now < effectiveAt ? bondBudget : nextBudget,
    nextBudget: event.bondBudget,
    effectiveAt: event.effectiveAt,
  });
}

function deposit(draft: Draft, { account, from, amount, id, block }: Of<"deposited">): void {
  credit(draft, account, amount);
  addTotal(draft, amount);
  if (BigInt(id) !== 0n) draft.set("deposit", nameOf.deposit(from, id), block);
}

function setSession(draft: Draft, event: Of<"sessionAuthorized" | "sessionRevoked">): void {
  const { account, sessionKey, expiresAt } = event;
  const name = nameOf.session(account, sessionKey);
  const before = draft.get("session", name);
  if (before.limit === 0n && before.expiresAt === 0) {
    draft.amend("session", name, { spentBefore: draft.get("account", nameOf.account(account)).spent });
  }
  const change = event.type === "sessionRevoked" ? { isRevoked: true } : { limit: event.limit };
  draft.amend("session", name, { expiresAt, ...change });
}

function credit(draft: Draft, account: Address, amount: Amount): void {
  const name = nameOf.account(account);
  draft.amend("account", name, { balance: draft.get("account", name).balance + amount });
}

function debit(draft: Draft, account: Address, amount: Amount): void {
  const name = nameOf.account(account);
  draft.amend("account", name, { balance: draft.get("account", name).balance - amount });
}

/** Counts for all of the payer's sessions (docs/protocol.md 8.3). */
function spend(draft: Draft, payer: Address, amount: Amount): void {
  debit(draft, payer, amount);
  const name = nameOf.account(payer);
  draft.amend("account", name, { spent: draft.get("account", name).spent + amount });
}

function settle(draft: Draft, { batch, fee }: Of<"settled">): void {
  const { feeRecipient } = draft.get("terms", nameOf.terms);
  if (feeRecipient !== null) credit(draft, feeRecipient, fee);
  draft.amend("terms", nameOf.terms, { batchCount: batch });
}

function claim(draft: Draft, event: Of<"claimed">): void {
  const { payer, payee, lane, amount, totalPaid, fromBond, allotter } = event;
  if (amount > fromBond) spend(draft, payer, amount - fromBond);
  if (fromBond > 0n) {
    const bond = draft.get("bond", nameOf.bond);
    const left = bond.amount - fromBond;
    const withdrawing = bond.withdrawing < left ? bond.withdrawing : left;
    draft.amend("bond", nameOf.bond, { amount: left, withdrawing });
    const name = nameOf.allotter(allotter);
    draft.amend("allotter", name, { bondSpent: draft.get("allotter", name).bondSpent + fromBond });
  }
  credit(draft, payee, amount);
  const name = nameOf.claimed(payer, lane);
  draft.set("claimed", name, { ...draft.get("claimed", name), [payee]: totalPaid });
}

function requestWithdrawal(draft: Draft, { account, amount, withdrawableAt }: Of<"withdrawalRequested">): void {
  const name = nameOf.account(account);
  const nonce = draft.get("account", name).nonce + 1n;
  draft.amend("account", name, { withdrawing: amount, withdrawableAt, nonce });
}

function withdraw(draft: Draft, { account, amount }: Of<"withdrawn">): void {
  const name = nameOf.account(account);
  const balance = draft.get("account", name).balance - amount;
  draft.amend("account", name, { balance, withdrawing: 0n, withdrawableAt: 0 });
  addTotal(draft, -amount);
}

function release(draft: Draft, { account, amount, nonce }: Of<"released">): void {
  debit(draft, account, amount);
  draft.amend("account", nameOf.account(account), { releaseNonce: nonce + 1, isNonceStale: true });
  addTotal(draft, -amount);
}

function addTotal(draft: Draft, amount: Amount): void {
  const { totalBalance } = draft.get("terms", nameOf.terms);
  draft.amend("terms", nameOf.terms, { totalBalance: totalBalance + amount });
}
