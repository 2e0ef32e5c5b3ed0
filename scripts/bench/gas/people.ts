import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { keccak256 } from "../../../protocol/base/hashes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";

/** A key whose owner's name is its seed: the same in every run, and worth nothing. */
export interface Person {
  readonly address: Address;
  readonly privateKey: Uint8Array;
}

export function person(name: string): Person {
  const privateKey = keccak256(new TextEncoder().encode(name));
  return { address: addressOfKey(publicKeyOf(privateKey)), privateKey };
}

export function people(name: string, count: number): Person[] {
  return Array.from({ length: count }, (_, index) => person(`${name} ${index}`));
}

/**
 * What a voucher promises, 1 to 2^20 base units: as many zero bytes in calldata as real ones have.
 */
export function amountOf(label: string): bigint {
  const hash: Hex = bytesToHex(keccak256(new TextEncoder().encode(label)));
  return 1n + (BigInt(hash) & 0xfffffn);
}
