import type { Address, Hex } from "./primitives.ts";

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

export interface EvidenceTerms {
  readonly claimant: Address;
  readonly batch: bigint;
  /** payee (20) | lane (4) | amount (12) of each row of the group that paid. */
  readonly rows: Hex;
  /** Bit i: row i paid. */
  readonly paidRows: bigint;
  /** From the group's leaf to the batch's outcome hash. */
  readonly proof: readonly Hex[];
}

/** Arguments of each function that changes something, named as in the contract. */
interface Arguments {
  /** `depositFor`, or one entry of `depositForMany`. */
  readonly depositFor: { readonly account: Address; readonly amount: bigint; readonly id: Hex };
  readonly authorizeSession: {
    readonly sessionKey: Address;
    readonly limit: bigint;
    readonly expiresAt: number;
  };
  readonly authorizeSessionFor: { readonly authorization: AuthorizationTerms; readonly signature: Hex };
  readonly revokeSession: { readonly sessionKey: Address };
  readonly settle: { readonly batch: Hex };
  /** `claim` and `claimWithEvidence`. */
  readonly claim: {
    /** Its place in the call of `claimMany` that made it. Null: it was called by itself. */
    readonly index: number | null;
    readonly allotment: AllotmentTerms;
    readonly allotmentSignature: Hex;
    readonly amount: bigint;
    readonly voucherSignature: Hex;
    readonly evidence: EvidenceTerms | null;
  };
  /** An entry of `claimMany` whose calldata ethers cannot read. */
  readonly unreadableClaim: { readonly index: number };
  readonly requestWithdrawal: { readonly amount: bigint };
  readonly requestWithdrawalFor: { readonly withdrawal: WithdrawalTerms; readonly signature: Hex };
  readonly withdraw: { readonly to: Address };
  readonly withdrawFor: { readonly account: Address };
  readonly withdrawNow: {
    readonly to: Address;
    readonly amount: bigint;
    readonly deadline: number;
    readonly releaseSignature: Hex;
  };
  readonly withdrawNowFor: {
    readonly withdrawal: WithdrawalTerms;
    readonly signature: Hex;
    readonly releaseDeadline: number;
    readonly releaseSignature: Hex;
  };
  readonly depositBond: { readonly amount: bigint };
  readonly requestBondWithdrawal: { readonly amount: bigint };
  readonly withdrawBond: { readonly to: Address };
  readonly setOperator: { readonly newOperator: Address };
  readonly setAllotter: { readonly allotter: Address; readonly bondBudget: bigint };
  readonly retireAllotter: { readonly allotter: Address };
  readonly setFee: { readonly newFeeBps: number };
  readonly setFeeRecipient: { readonly newFeeRecipient: Address };
  readonly pauseDeposits: unknown;
  readonly unpauseDeposits: unknown;
  readonly transferOwnership: { readonly newOwner: Address };
  readonly acceptOwnership: unknown;
}

/**
 * One call of the contract, with its `msg.sender`. Calls within `multicall` and `claimMany`, and
 * the deposits of `depositForMany`, are listed one by one.
 */
export type Call = {
  [K in keyof Arguments]: { readonly kind: K; readonly sender: Address } & Arguments[K];
}[keyof Arguments];
export type CallOf<K extends Call["kind"]> = Extract<Call, { kind: K }>;
