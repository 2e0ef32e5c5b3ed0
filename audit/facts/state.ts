import { ZeroAddress } from "ethers";
import { pairId } from "./lane-book.ts";
import type { Address } from "./primitives.ts";

/** 2^96-1: a session without a limit. */
const NO_LIMIT = (1n << 96n) - 1n;

/** An account as the contract shows it. */
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

/** An account as its history makes it. */
export interface ReplayedAccount extends AccountState {
  /** What was asked back: debits leave it, and no more than the balance is withdrawn. */
  withdrawing: bigint;
  /** By batches and claims, ever. The contract shows it as what sessions have spent. */
  spent: bigint;
}

/** A session as the contract shows it. */
export interface SessionState {
  limit: bigint;
  /** By its account, since the session was first authorized. */
  spent: bigint;
  expiresAt: number;
  revoked: boolean;
}

/** A session as its history makes it. */
export interface ReplayedSession extends Omit<SessionState, "spent"> {
  /** What the account had spent when the session was first authorized. */
  spentBefore: bigint;
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

/** An allotter as its history makes it. */
export interface ReplayedAllotter extends AllotterState {
  /** When the contract first named it, seconds since 1970. */
  readonly setAt: number;
}

/** A key that sent batches until the next one. */
export interface OperatorTime {
  readonly operator: Address;
  /** Seconds since 1970. */
  readonly since: number;
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

/** The contract's state that money depends on, without lanes: replayed. */
export interface ContractState extends State<ReplayedAccount, ReplayedSession, ReplayedAllotter> {
  /** All that there were, oldest first. */
  readonly operators: OperatorTime[];
}

/** The same as the contract's views show it. */
export type ShownState = State<AccountState, SessionState, AllotterState>;

interface State<Account, Session, Allotter> {
  readonly accounts: Map<Address, Account>;
  /** By `pairId(account, sessionKey)`. */
  readonly sessions: Map<string, Session>;
  readonly allotters: Map<Address, Allotter>;
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
    operators: [],
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
export function accountIn(state: ContractState, account: Address): ReplayedAccount {
  const known = state.accounts.get(account);
  if (known) return known;
  const created = {
    balance: 0n,
    withdrawing: 0n,
    withdrawableAt: 0,
    recipient: ZeroAddress,
    releaseNonce: 0,
    nonce: 0n,
    spent: 0n,
  };
  state.accounts.set(account, created);
  return created;
}

/** The session's state, made on first use: unknown sessions ended in 1970. */
export function sessionIn(state: ContractState, account: Address, sessionKey: Address): ReplayedSession {
  const id = pairId(account, sessionKey);
  const known = state.sessions.get(id);
  if (known) return known;
  const created = { limit: 0n, spentBefore: 0n, expiresAt: 0, revoked: false };
  state.sessions.set(id, created);
  return created;
}

/** What a payer can pay through a session: its whole balance, within what is left of the limit. */
export function coverageOf(account: ReplayedAccount, session: ReplayedSession): bigint {
  const left = limitLeft(account, session);
  return left < account.balance ? left : account.balance;
}

/** What a session's limit leaves, whatever the balance is. */
export function limitLeft(account: ReplayedAccount | undefined, session: ReplayedSession | undefined): bigint {
  if (session === undefined) return 0n;
  if (session.limit === NO_LIMIT) return NO_LIMIT;
  const left = session.limit - spentSince(account, session);
  return left > 0n ? left : 0n;
}

/** What an account has spent since a session was first authorized; 0 if it never was. */
export function spentSince(account: ReplayedAccount | undefined, session: ReplayedSession): bigint {
  const { limit, expiresAt, spentBefore } = session;
  return limit === 0n && expiresAt === 0 ? 0n : (account?.spent ?? 0n) - spentBefore;
}

/** What of the money that was asked back is still there. */
export function withdrawingOf({ withdrawing, balance }: ReplayedAccount): bigint {
  return withdrawing < balance ? withdrawing : balance;
}

/** Takes what an account has promised. */
export function spend(account: ReplayedAccount, amount: bigint): void {
  account.balance -= amount;
  account.spent += amount;
}

/** Takes money from the bond for a claim, and counts it against its allotter's budget. */
export function takeFromBond({ bond }: ContractState, allotter: AllotterState | undefined, amount: bigint): void {
  bond.amount -= amount;
  if (bond.withdrawing > bond.amount) bond.withdrawing = bond.amount;
  if (allotter) allotter.bondSpent += amount;
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
export function settleableUntil({ expiresAt, revoked }: ReplayedSession, claimPeriod: number): number {
  return revoked ? expiresAt : expiresAt + claimPeriod;
}

/**
 * Whether a claim on an allotment that ends at `allotmentEnd` may take the payer's money at this
 * time. A revoked session backs only allotments that end with it.
 */
export function paysClaim(
  { expiresAt, revoked }: ReplayedSession,
  allotmentEnd: number,
  claimPeriod: number,
  time: number,
): boolean {
  return time <= expiresAt + claimPeriod && (!revoked || allotmentEnd <= expiresAt);
}

/** All balances and the bond, base units. */
export function sumOfDebts({ accounts, bond }: Pick<ShownState, "accounts" | "bond">): bigint {
  return [...accounts.values()].reduce((sum, { balance }) => sum + balance, bond.amount);
}
