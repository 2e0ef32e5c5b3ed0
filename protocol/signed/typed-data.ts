import { concatBytes, hexToBytes, writeUint } from "../base/bytes.ts";
import { keccak256 } from "../base/hashes.ts";
import type { Address } from "../base/ids.ts";

/**
 * Where a signature is valid: one contract on one chain (EIP-712 domain; name and version are
 * fixed).
 */
export interface Domain {
  readonly chainId: number;
  readonly contract: Address;
}

/** An EIP-712 domain hashed once, and handed to every digest function. 32 bytes. */
export type DomainSeparator = Uint8Array;

export function typeHash(type: string): Uint8Array {
  return keccak256(new TextEncoder().encode(type));
}

const DOMAIN_TYPE_HASH = typeHash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const NAME_HASH = typeHash("Floodgate");
const VERSION_HASH = typeHash("1");

/** EIP-712 `domainSeparator` of {name: "Floodgate", version: "1", chainId, verifyingContract}. */
export function hashDomain(domain: Domain): DomainSeparator {
  return keccak256(
    concatBytes(DOMAIN_TYPE_HASH, NAME_HASH, VERSION_HASH, uintWord(domain.chainId), addressWord(domain.contract)),
  );
}

/**
 * EIP-712 digest: keccak256(0x1901 ‖ domain separator ‖ hash of the type hash and the 32-byte
 * words).
 */
export function hashTypedData(
  separator: DomainSeparator,
  type: Uint8Array,
  ...words: readonly Uint8Array[]
): Uint8Array {
  return hashStruct(separator, concatBytes(type, ...words));
}

/** 0x1901, then separator and struct hash. */
const message = new Uint8Array(2 + 32 + 32);
message.set([0x19, 0x01]);

/** The same for a struct that is encoded already: type hash and words. */
export function hashStruct(separator: DomainSeparator, encoded: Uint8Array): Uint8Array {
  message.set(separator, 2);
  message.set(keccak256(encoded), 34);
  return keccak256(message);
}

export function uintWord(value: bigint | number): Uint8Array {
  const word = new Uint8Array(32);
  writeUint(word, 0, 32, value);
  return word;
}

export function addressWord(address: Address): Uint8Array {
  const word = new Uint8Array(32);
  word.set(hexToBytes(address), 12);
  return word;
}

/** `bytes20` is left-aligned, unlike an address. */
export function bytes20Word(hex: string): Uint8Array {
  const word = new Uint8Array(32);
  word.set(hexToBytes(hex));
  return word;
}
