/**
 * What the chain says, decoded and in order: the only thing that the replay knows. Addresses are checksummed (EIP-55),
 * amounts base units, times seconds since 1970.
 */

export type Address = string;
export type Hex = string;

/** Order of the contract's `SkipReason`. */
export const SKIP_REASONS = ["PAYEE", "SIGNATURE", "STALE", "SESSION", "UNCOVERED"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

export type ChainEvent =
  | { readonly kind: "Deposited"; readonly account: Address; readonly from: Address; readonly amount: bigint }
  | {
      readonly kind: "SessionAuthorized";
      readonly account: Address;
      readonly sessionKey: Address;
      readonly limit: bigint;
      readonly expiresAt: number;
    }
  | {
      readonly kind: "SessionRevoked";
      readonly account: Address;
      readonly sessionKey: Address;
      readonly expiresAt: number;
    }
  | BatchEvent
  | {
      readonly kind: "Claimed";
      readonly payer: Address;
      readonly payee: Address;
      readonly lane: number;
      readonly amount: bigint;
      readonly totalPaid: bigint;
    }
  | {
      readonly kind: "WithdrawalRequested";
      readonly account: Address;
      readonly to: Address;
      readonly amount: bigint;
      readonly withdrawableAt: number;
    }
  | { readonly kind: "Withdrawn"; readonly account: Address; readonly to: Address; readonly amount: bigint }
  | { readonly kind: "OperatorSet"; readonly operator: Address }
  | { readonly kind: "AllotterSet"; readonly allotter: Address; readonly isCurrent: boolean }
  | { readonly kind: "FeeSet"; readonly feeBps: number; readonly effectiveAt: number }
  | { readonly kind: "FeeRecipientSet"; readonly feeRecipient: Address }
  | { readonly kind: "OwnershipTransferred"; readonly previousOwner: Address; readonly newOwner: Address };

export type BatchEvent =
  | { readonly kind: "RowSkipped"; readonly batch: number; readonly row: number; readonly reason: SkipReason }
  | { readonly kind: "Debited"; readonly batch: number; readonly payer: Address; readonly amount: bigint }
  | { readonly kind: "Credited"; readonly batch: number; readonly payee: Address; readonly amount: bigint }
  | {
      readonly kind: "Settled";
      readonly batch: number;
      readonly evidenceHash: Hex;
      readonly outcomeHash: Hex;
      readonly total: bigint;
      readonly fee: bigint;
    };

export type EventOf<K extends ChainEvent["kind"]> = Extract<ChainEvent, { kind: K }>;

export interface AllotmentTerms {
  readonly payer: Address;
  readonly payee: Address;
  readonly sessionKey: Address;
  readonly payeeKey: Address;
  readonly lane: number;
  readonly cap: bigint;
  readonly pricePerGiB: bigint;
  readonly credit: number;
  readonly infoHash: Hex;
  readonly expiresAt: number;
}

export interface AuthorizationTerms {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly limit: bigint;
  readonly expiresAt: number;
}

export interface WithdrawalTerms {
  readonly account: Address;
  readonly to: Address;
  readonly amount: bigint;
  readonly deadline: number;
  readonly nonce: bigint;
}

/** One call of the contract, with its `msg.sender`, that a transaction made. */
export type Call = { readonly sender: Address } & (
  | { readonly kind: "settle"; readonly batch: Hex }
  | {
      readonly kind: "claim";
      readonly allotment: AllotmentTerms;
      readonly allotmentSignature: Hex;
      readonly amount: bigint;
      readonly voucherSignature: Hex;
    }
  | {
      readonly kind: "authorizeSession";
      readonly sessionKey: Address;
      readonly limit: bigint;
      readonly expiresAt: number;
    }
  | { readonly kind: "authorizeSessionFor"; readonly authorization: AuthorizationTerms; readonly signature: Hex }
  | { readonly kind: "revokeSession"; readonly sessionKey: Address }
  | { readonly kind: "requestWithdrawal"; readonly amount: bigint }
  | { readonly kind: "requestWithdrawalFor"; readonly withdrawal: WithdrawalTerms; readonly signature: Hex }
  | { readonly kind: "withdraw"; readonly to: Address }
  | { readonly kind: "withdrawFor"; readonly account: Address }
);

export type CallOf<K extends Call["kind"]> = Extract<Call, { kind: K }>;

export interface TokenTransfer {
  readonly from: Address;
  readonly to: Address;
  readonly amount: bigint;
}

/** One transaction that left events of the contract, or moved its tokens. */
export interface TransactionFacts {
  readonly hash: Hex;
  readonly block: number;
  readonly time: number;
  /** In log order. */
  readonly events: readonly ChainEvent[];
  /** The token's transfers from and to the contract. */
  readonly transfers: readonly TokenTransfer[];
  /** In order of execution; null when the contract was called through another one and no trace was to be had. */
  readonly calls: readonly Call[] | null;
}

/** What the contract was made with and never changes. */
export interface Rules {
  readonly chainId: bigint;
  readonly contract: Address;
  /** A, seconds. */
  readonly allotmentPeriod: number;
  /** CW, seconds. */
  readonly claimPeriod: number;
}
