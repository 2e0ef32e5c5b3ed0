import type { Address } from "../base/ids.ts";
import type { Amount } from "../base/units.ts";
import { addressWord, type DomainSeparator, hashTypedData, typeHash, uintWord } from "./typed-data.ts";

/**
 * The wallet's word that `amount` of its balance goes to `to` after the withdrawal delay; anyone
 * may relay it.
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
const TYPE_HASH = typeHash(WITHDRAWAL_TYPE);

/** 32 bytes: what the wallet signs. */
export function hashWithdrawal(separator: DomainSeparator, withdrawal: Withdrawal): Uint8Array {
  return hashTypedData(
    separator,
    TYPE_HASH,
    addressWord(withdrawal.account),
    addressWord(withdrawal.to),
    uintWord(withdrawal.amount),
    uintWord(withdrawal.deadline),
    uintWord(withdrawal.nonce),
  );
}
