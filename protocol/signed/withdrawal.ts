import type { Address } from "../base/ids.ts";
import type { Amount } from "../base/units.ts";
import { addressWord, type DomainSeparator, hashTypedData, typeHash, uintWord } from "./typed-data.ts";

/**
 * The wallet's word that `amount` of its balance goes to `to`, after the withdrawal delay or at
 * once. Anyone may relay it.
 */
export interface Withdrawal {
  readonly account: Address;
  readonly to: Address;
  /** Base units. */
  readonly amount: Amount;
  /** Seconds since 1970: the contract refuses the request later than this. */
  readonly deadline: number;
  /** The contract's `nonces(account)`. */
  readonly nonce: bigint;
}

export const WITHDRAWAL_TYPE = "Withdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)";
/** The same fields, and another promise: nobody can restart a pending exit with it. */
export const INSTANT_WITHDRAWAL_TYPE =
  "InstantWithdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)";
const TYPE_HASH = typeHash(WITHDRAWAL_TYPE);
const INSTANT_TYPE_HASH = typeHash(INSTANT_WITHDRAWAL_TYPE);

/** 32 bytes: what the wallet signs for a withdrawal after the delay. */
export function hashWithdrawal(separator: DomainSeparator, withdrawal: Withdrawal): Uint8Array {
  return hash(separator, TYPE_HASH, withdrawal);
}

/** 32 bytes: what the wallet signs for a withdrawal at once, with the authority's release. */
export function hashInstantWithdrawal(separator: DomainSeparator, withdrawal: Withdrawal): Uint8Array {
  return hash(separator, INSTANT_TYPE_HASH, withdrawal);
}

function hash(separator: DomainSeparator, type: Uint8Array, withdrawal: Withdrawal): Uint8Array {
  return hashTypedData(
    separator,
    type,
    addressWord(withdrawal.account),
    addressWord(withdrawal.to),
    uintWord(withdrawal.amount),
    uintWord(withdrawal.deadline),
    uintWord(withdrawal.nonce),
  );
}
