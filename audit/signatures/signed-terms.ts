import type { AllotmentTerms, AuthorizationTerms, WithdrawalTerms } from "../facts/calls.ts";
import type { Address, Hex } from "../facts/primitives.ts";

export interface VoucherTerms {
  readonly payer: Address;
  readonly payee: Address;
  readonly lane: number;
  readonly amount: bigint;
}

/** Signs payee (20) | lane (4) | amount (12) of all rows at once. */
export interface StatementTerms {
  readonly payer: Address;
  readonly rows: readonly Pick<VoucherTerms, "payee" | "lane" | "amount">[];
}

export interface ReleaseTerms {
  readonly account: Address;
  readonly to: Address;
  readonly amount: bigint;
  readonly nonce: number;
  readonly deadline: number;
}

/** The authority's answer to a voucher that it takes in. */
export interface ReceiptTerms extends VoucherTerms {
  readonly receivedAt: number;
}

/** Everything that is signed off-chain, by its EIP-712 type. */
export interface SignedTerms {
  readonly voucher: VoucherTerms;
  readonly statement: StatementTerms;
  readonly allotment: AllotmentTerms;
  readonly receipt: ReceiptTerms;
  readonly release: ReleaseTerms;
  readonly authorization: AuthorizationTerms;
  /** For `requestWithdrawalFor`: it leaves after the delay. */
  readonly withdrawal: WithdrawalTerms;
  /**
   * For `withdrawNowFor`: the same fields under another name, so that neither serves as the other.
   */
  readonly instantWithdrawal: WithdrawalTerms;
}

export type SignedKind = keyof SignedTerms;

/**
 * Who signed these terms in this EIP-712 domain. Null: the contract would accept it as nobody's.
 * Session keys and allotters sign in 64 bytes r, vs (EIP-2098), wallets in 65 bytes r, s, v.
 */
export type SignatureEngine = {
  readonly [K in SignedKind]: (domain: Hex, terms: SignedTerms[K], signature: Hex) => Address | null;
};
