import { writeHex, writeUint } from "../base/bytes.ts";
import type { Address } from "../base/ids.ts";
import type { Signature } from "../base/secp256k1.ts";
import type { Amount } from "../base/units.ts";
import { type DomainSeparator, hashStruct, typeHash } from "./typed-data.ts";

/**
 * A promise: on this lane the payee may take up to `amount` in total. The greatest amount replaces
 * all others.
 */
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

/**
 * Type hash, payer, payee, lane, amount: a word each. Used again, since a voucher is hashed for
 * every few pieces.
 */
const encoded = new Uint8Array(5 * 32);
encoded.set(typeHash(VOUCHER_TYPE));

/** 32 bytes: what the session key signs. */
export function hashVoucher(separator: DomainSeparator, voucher: Voucher): Uint8Array {
  writeHex(encoded, 32 + 12, voucher.payer);
  writeHex(encoded, 64 + 12, voucher.payee);
  writeUint(encoded, 96 + 28, 4, voucher.lane);
  writeUint(encoded, 128 + 20, 12, voucher.amount);
  return hashStruct(separator, encoded);
}
