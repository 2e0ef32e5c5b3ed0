import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { MirrorEvent } from "./mirror-events.ts";

/**
 * What the contract holds, as its events tell it: one record for each name, so that a record is
 * what changes, is stored, and is put back. Pure. The rules are those of contracts/Floodgate.sol.
 */

export interface AccountRecord {
  readonly balance: Amount;
  /** By batches and claims, ever. */
  readonly spent: Amount;
  /** What was asked back: debits leave it, and no more than the balance is withdrawn. */
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  readonly releaseNonce: number;
  /** Of signed withdrawals. */
  readonly nonce: Amount;
  /** No event tells whether a release has used a nonce: it must be read. */
  readonly isNonceStale: boolean;
}

export interface SessionRecord {
  readonly limit: Amount;
  /** What the account had spent when the session was first authorized. */
  readonly spentBefore: Amount;
  readonly expiresAt: number;
  readonly isRevoked: boolean;
}

export interface AllotterRecord {
  readonly bondBudget: Amount;
  /** Counts from `effectiveAt` on. */
  readonly nextBudget: Amount;
  readonly effectiveAt: number;
  readonly bondSpent: Amount;
  readonly isCurrent: boolean;
  /** 0: it was not. */
  readonly retiredAt: number;
}

export interface BondRecord {
  readonly amount: Amount;
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
}

/** What there is one of. */
export interface TermsRecord {
  readonly operator: Address | null;
  /** All that there ever were, the current one last. */
  readonly operators: readonly Address[];
  readonly feeRecipient: Address | null;
  readonly feeBps: number;
  /** Counts from `feeEffectiveAt` on. */
  readonly nextFeeBps: number;
  readonly feeEffectiveAt: number;
  readonly batchCount: Amount;
  /** All balances and the bond. */
  readonly totalBalance: Amount;
  readonly isPaused: boolean;
}

export interface Records {
  account: AccountRecord;
  session: SessionRecord;
  allotter: AllotterRecord;
  bond: BondRecord;
  terms: TermsRecord;
  /** Base units that claims have paid on a lane, by payee. */
  claimed: Readonly<Record<Address, Amount>>;
  /** Block in which the deposit counted. */
  deposit: number;
}

type Kind = keyof Records;

/** Name of a record, such as `session:PAYER:KEY`. */
export type RecordName = string;

export const nameOf = {
  account: (account: Address): RecordName => `account:${account}`,
  session: (account: Address, sessionKey: Address): RecordName => `session:${account}:${sessionKey}`,
  allotter: (allotter: Address): RecordName => `allotter:${allotter}`,
  claimed: (payer: Address, lane: number): RecordName => `claimed:${payer}:${lane}`,
  deposit: (from: Address, id: string): RecordName => `deposit:${from}:${id}`,
  bond: "bond:",
  terms: "terms:",
} as const;

/** Records before the first event about them. */
export const EMPTY: Omit<Records, "deposit"> = {
  account: {
    balance: 0n,
    spent: 0n,
    withdrawing: 0n,
    withdrawableAt: 0,
    releaseNonce: 0,
    nonce: 0n,
    isNonceStale: false,
  },
  session: { limit: 0n, spentBefore: 0n, expiresAt: 0, isRevoked: false },
  allotter: { bondBudget: 0n, nextBudget: 0n, effectiveAt: 0, bondSpent: 0n, isCurrent: false, retiredAt: 0 },
  bond: { amount: 0n, withdrawing: 0n, withdrawableAt: 0 },
  terms: {
    operator: null,
    operators: [],
    feeRecipient: null,
    feeBps: 0,
    nextFeeBps: 0,
    feeEffectiveAt: 0,
    batchCount: 0n,
    totalBalance: 0n,
    isPaused: false,
  },
  claimed: {},
};

/** A part of the contract's state. Names without a record are empty. */
export type ContractState = ReadonlyMap<RecordName, Records[Kind]>;

/** The state with changes on top. */
export class Draft {
  readonly #state: ContractState;
  readonly changes = new Map<RecordName, Records[Kind]>();

  constructor(state: ContractState) {
    this.#state = state;
  }

  get<K extends keyof typeof EMPTY>(kind: K, name: RecordName): Records[K] {
    return (this.changes.get(name) ?? this.#state.get(name) ?? EMPTY[kind]) as Records[K];
  }

  has(name: RecordName): boolean {
    return this.changes.has(name) || this.#state.has(name);
  }

  set<K extends Kind>(_kind: K, name: RecordName, record: Records[K]): void {
    this.changes.set(name, record);
  }

  /** Changes some fields of a record. */
  amend<K extends keyof typeof EMPTY>(kind: K, name: RecordName, change: Partial<Records[K]>): void {
    this.set(kind, name, { ...this.get(kind, name), ...change });
  }
}

/** Which records the events read or change. */
export function namesIn(events: readonly MirrorEvent[], feeRecipient: Address | null): Set<RecordName> {
  const names = new Set<RecordName>([nameOf.terms, nameOf.bond]);
  const add = (...accounts: readonly Address[]): void => {
    for (const account of accounts) names.add(nameOf.account(account));
  };
  if (feeRecipient !== null) add(feeRecipient);
  for (const event of events) {
    if ("account" in event) add(event.account);
    if ("sessionKey" in event) names.add(nameOf.session(event.account, event.sessionKey));
    if (event.type === "feeRecipient") add(event.feeRecipient);
    if (event.type === "debited" || event.type === "credited") add(...event.entries.map(({ account }) => account));
    if (event.type === "allotter" || event.type === "allotterRetired") names.add(nameOf.allotter(event.allotter));
    if (event.type === "claimed") {
      add(event.payer, event.payee);
      names.add(nameOf.allotter(event.allotter)).add(nameOf.claimed(event.payer, event.lane));
    }
  }
  return names;
}
