import type { Address } from "./ids.ts";
import type { Signature } from "./secp256k1.ts";
import { addressWord, type DomainSeparator, hashTypedData, typeHash, uintWord } from "./typed-data.ts";
import type { Amount } from "./units.ts";

/** A promise: on this lane the payee may take up to `amount` in total. The greatest amount replaces all others. */
export interface Voucher {
  readonly payer: Address;
  readonly payee: Address;
  readonly lane: number;
  /** Total ever promised on the lane, base units. */
  readonly amount: Amount;
}

export interface SignedVoucher extends Voucher {
  /** By the session key that the lane's allotment names. */
  readonly signature: Signature;
}

export const VOUCHER_TYPE = "Voucher(address payer,address payee,uint32 lane,uint96 amount)";
const TYPE_HASH = typeHash(VOUCHER_TYPE);

/** 32 bytes: what the session key signs. */
export function hashVoucher(separator: DomainSeparator, voucher: Voucher): Uint8Array {
  return hashTypedData(
    separator,
    TYPE_HASH,
    addressWord(voucher.payer),
    addressWord(voucher.payee),
    uintWord(voucher.lane),
    uintWord(voucher.amount),
  );
}
