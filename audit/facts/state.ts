import { ZeroAddress } from "ethers";
import { pairId } from "./lane-book.ts";
import type { Address } from "./primitives.ts";

/** 2^96-1: a session without a limit. */
const NO_LIMIT = (1n << 96n) - 1n;

export interface AccountState {
  balance: bigint;
  withdrawing: bigint;
  withdrawableAt: number;
  /** Recipient of `withdrawFor`; address 0 if the open request was not signed. */
  recipient: Address;
  /** Number of the next release. */
  releaseNonce: number;
  /** Nonce of the next signed withdrawal. */
  nonce: bigint;
}

export interface SessionState {
  limit: bigint;
  spent: bigint;
  expiresAt: number;
  revoked: boolean;
}

export interface AllotterState {
  /** Before `effectiveAt`. The contract's view shows here what counts at its block. */
  bondBudget: bigint;
  /** From `effectiveAt` on. */
  nextBudget: bigint;
  effectiveAt: number;
  bondSpent: bigint;
  retiredAt: number;
  isCurrent: boolean;
}

export interface BondState {
  amount: bigint;
  withdrawing: bigint;
  withdrawableAt: number;
}

export interface FeeState {
  /** Basis points before and from `effectiveAt`. */
  current: number;
  next: number;
  effectiveAt: number;
}

/**
 * The contract's storage that money depends on, without lanes. Read from the chain, or replayed.
 */
export interface ContractState {
  readonly accounts: Map<Address, AccountState>;
  /** By `pairId(account, sessionKey)`. */
  readonly sessions: Map<string, SessionState>;
  readonly allotters: Map<Address, AllotterState>;
  readonly bond: BondState;
  readonly fee: FeeState;
  owner: Address;
  pendingOwner: Address;
  isPaused: boolean;
  operator: Address;
  feeRecipient: Address;
  totalBalance: bigint;
  batchCount: number;
}

export function emptyState(): ContractState {
  return {
    accounts: new Map(),
    sessions: new Map(),
    allotters: new Map(),
    bond: { amount: 0n, withdrawing: 0n, withdrawableAt: 0 },
    fee: { current: 0, next: 0, effectiveAt: 0 },
    owner: ZeroAddress,
    pendingOwner: ZeroAddress,
    isPaused: false,
    operator: ZeroAddress,
    feeRecipient: ZeroAddress,
    totalBalance: 0n,
    batchCount: 0,
  };
}

/** The account's state, made on first use. */
export function accountIn(state: ContractState, account: Address): AccountState {
  const known = state.accounts.get(account);
  if (known) return known;
  const created = {
    balance: 0n,
    withdrawing: 0n,
    withdrawableAt: 0,
    recipient: ZeroAddress,
    releaseNonce: 0,
    nonce: 0n,
  };
  state.accounts.set(account, created);
  return created;
}

/** The session's state, made on first use: unknown sessions ended in 1970. */
export function sessionIn(state: ContractState, account: Address, sessionKey: Address): SessionState {
  const id = pairId(account, sessionKey);
  const known = state.sessions.get(id);
  if (known) return known;
  const created = { limit: 0n, spent: 0n, expiresAt: 0, revoked: false };
  state.sessions.set(id, created);
  return created;
}

/** What a payer can pay through a session: its whole balance, within what is left of the limit. */
export function coverageOf(account: AccountState, session: SessionState): bigint {
  if (session.limit === NO_LIMIT) return account.balance;
  const left = session.limit - session.spent;
  return left < account.balance ? left : account.balance;
}

/** Takes money from an account; a pending withdrawal shrinks to what is left. */
export function take(account: AccountState, amount: bigint): void {
  account.balance -= amount;
  if (account.withdrawing > account.balance) account.withdrawing = account.balance;
}

/** Takes money from the bond for a claim, and counts it against its allotter's budget. */
export function takeFromBond({ bond }: ContractState, allotter: AllotterState | undefined, amount: bigint): void {
  bond.amount -= amount;
  if (bond.withdrawing > bond.amount) bond.withdrawing = bond.amount;
  if (allotter) allotter.bondSpent += amount;
}

/** Counts money against a session's limit. */
export function spend(session: SessionState, amount: bigint): void {
  if (session.limit !== NO_LIMIT) session.spent += amount;
}

/** Basis points that a batch of this time pays. */
export function feeAt(fee: FeeState, time: number): number {
  return time < fee.effectiveAt ? fee.current : fee.next;
}

/** What claims on an allotter's allotments may take from the bond in all, by this time. */
export function budgetAt(allotter: Omit<AllotterState, "isCurrent" | "retiredAt">, time: number): bigint {
  return time < allotter.effectiveAt ? allotter.bondBudget : allotter.nextBudget;
}

/** Last second in which a batch may pay by a session. A revoked one pays nothing after its end. */
export function settleableUntil({ expiresAt, revoked }: SessionState, claimPeriod: number): number {
  return revoked ? expiresAt : expiresAt + claimPeriod;
}

/**
 * Whether a claim on an allotment that ends at `allotmentEnd` may take the payer's money at this
 * time. A revoked session backs only allotments that end with it.
 */
export function paysClaim(
  { expiresAt, revoked }: SessionState,
  allotmentEnd: number,
  claimPeriod: number,
  time: number,
): boolean {
  return time <= expiresAt + claimPeriod && (!revoked || allotmentEnd <= expiresAt);
}

/** All balances and the bond, base units. */
export function sumOfDebts({ accounts, bond }: ContractState): bigint {
  return [...accounts.values()].reduce((sum, { balance }) => sum + balance, bond.amount);
}
