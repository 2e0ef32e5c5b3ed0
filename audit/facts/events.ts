import type { Address, Hex } from "./primitives.ts";

/** Order of the contract's `SkipReason`. */
export const SKIP_REASONS = ["PAYEE", "SIGNATURE", "STALE", "SESSION", "UNCOVERED"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** One account's part of a batch. */
export interface Entry {
  readonly account: Address;
  readonly amount: bigint;
}

/**
 * The fields of each event, named as in the contract; `batch` and `row` numbers, nonces and times
 * are small.
 */
interface BatchFields {
  /** One for each row that a `RowsSkipped` names, in its order. */
  readonly RowSkipped: { readonly batch: number; readonly row: number; readonly reason: SkipReason };
  readonly Debited: { readonly batch: number; readonly entries: readonly Entry[] };
  readonly Credited: { readonly batch: number; readonly entries: readonly Entry[] };
  readonly Settled: {
    readonly batch: number;
    readonly bundleHash: Hex;
    readonly outcomeHash: Hex;
    readonly total: bigint;
    readonly fee: bigint;
  };
}

interface MoneyFields {
  readonly Deposited: {
    readonly account: Address;
    readonly from: Address;
    readonly amount: bigint;
    readonly id: Hex;
  };
  readonly Claimed: {
    readonly payer: Address;
    readonly payee: Address;
    readonly lane: number;
    readonly amount: bigint;
    readonly totalPaid: bigint;
    readonly fromBond: bigint;
    readonly allotter: Address;
  };
  readonly ClaimSkipped: { readonly index: number; readonly reason: Hex };
  readonly WithdrawalRequested: {
    readonly account: Address;
    readonly to: Address;
    readonly amount: bigint;
    readonly withdrawableAt: number;
  };
  readonly Withdrawn: { readonly account: Address; readonly to: Address; readonly amount: bigint };
  readonly Released: {
    readonly account: Address;
    readonly to: Address;
    readonly amount: bigint;
    readonly nonce: number;
    readonly allotter: Address;
  };
  readonly BondDeposited: { readonly from: Address; readonly amount: bigint };
  readonly BondWithdrawalRequested: { readonly amount: bigint; readonly withdrawableAt: number };
  readonly BondWithdrawn: { readonly to: Address; readonly amount: bigint };
}

interface PowerFields {
  readonly SessionAuthorized: {
    readonly account: Address;
    readonly sessionKey: Address;
    readonly limit: bigint;
    readonly expiresAt: number;
  };
  readonly SessionRevoked: { readonly account: Address; readonly sessionKey: Address; readonly expiresAt: number };
  /** `hasCode`: whether the address had code then. The event does not say it. */
  readonly OperatorSet: { readonly operator: Address; readonly hasCode: boolean };
  readonly AllotterSet: { readonly allotter: Address; readonly bondBudget: bigint; readonly effectiveAt: number };
  readonly AllotterRetired: { readonly allotter: Address; readonly retiredAt: number };
  readonly FeeSet: { readonly feeBps: number; readonly effectiveAt: number };
  readonly FeeRecipientSet: { readonly feeRecipient: Address };
  readonly Paused: { readonly account: Address };
  readonly Unpaused: { readonly account: Address };
  readonly OwnershipTransferStarted: { readonly previousOwner: Address; readonly newOwner: Address };
  readonly OwnershipTransferred: { readonly previousOwner: Address; readonly newOwner: Address };
}

type Tagged<Fields> = { [K in keyof Fields]: { readonly kind: K } & Fields[K] };
type Events = Tagged<BatchFields> & Tagged<MoneyFields> & Tagged<PowerFields>;

export type BatchEvent = Events[keyof BatchFields];
export type ChainEvent = Events[keyof Events];
export type EventOf<K extends ChainEvent["kind"]> = Extract<ChainEvent, { kind: K }>;
