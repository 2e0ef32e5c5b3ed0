import { ZeroAddress } from "ethers";
import type { Address, Hex } from "./facts.ts";

/** 2^96-1: a session without a limit. */
const NO_LIMIT = (1n << 96n) - 1n;

export interface AccountState {
  balance: bigint;
  withdrawing: bigint;
  withdrawableAt: number;
  /** Whom `withdrawFor` pays; address 0 if the open request was not signed. */
  recipient: Address;
}

export interface SessionState {
  limit: bigint;
  spent: bigint;
  expiresAt: number;
  revoked: boolean;
}

export interface AllotterState {
  isCurrent: boolean;
  retiredAt: number;
}

export interface FeeState {
  /** Basis points before and from `effectiveAt`. */
  current: number;
  next: number;
  effectiveAt: number;
}

/** The contract's storage as far as money depends on it: read from the chain, or replayed. */
export interface ContractState {
  readonly accounts: Map<Address, AccountState>;
  /** By `pairId(account, sessionKey)`. */
  readonly sessions: Map<string, SessionState>;
  /** By `pairId(payer, lane)`: lanes that a batch or a claim has used. */
  readonly usedLanes: Set<string>;
  /** By `claimId(payer, lane, payee)`: what claims have paid. */
  readonly claimed: Map<string, bigint>;
  readonly allotters: Map<Address, AllotterState>;
  readonly outcomeHashes: Map<number, Hex>;
  readonly fee: FeeState;
  operator: Address;
  feeRecipient: Address;
  totalBalance: bigint;
  batchCount: number;
}

export function emptyState(): ContractState {
  return {
    accounts: new Map(),
    sessions: new Map(),
    usedLanes: new Set(),
    claimed: new Map(),
    allotters: new Map(),
    outcomeHashes: new Map(),
    fee: { current: 0, next: 0, effectiveAt: 0 },
    operator: ZeroAddress,
    feeRecipient: ZeroAddress,
    totalBalance: 0n,
    batchCount: 0,
  };
}

export function pairId(account: Address, keyOrLane: Address | number): string {
  return `${account}/${keyOrLane}`;
}

export function claimId(payer: Address, lane: number, payee: Address): string {
  return `${payer}/${lane}/${payee}`;
}

/** The account's state, made on first use. */
export function accountIn(state: ContractState, account: Address): AccountState {
  const known = state.accounts.get(account);
  if (known) return known;
  const created = { balance: 0n, withdrawing: 0n, withdrawableAt: 0, recipient: ZeroAddress };
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

/** Takes money from a payer; a pending withdrawal shrinks to what is left. */
export function debit(account: AccountState, session: SessionState | null, amount: bigint): void {
  account.balance -= amount;
  if (account.withdrawing > account.balance) account.withdrawing = account.balance;
  if (session && session.limit !== NO_LIMIT) session.spent += amount;
}

/** Basis points that a batch of this time pays. */
export function feeAt(fee: FeeState, time: number): number {
  return time < fee.effectiveAt ? fee.current : fee.next;
}
