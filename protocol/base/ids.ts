import { bytesToHex, type Hex, hexToBytes } from "./bytes.ts";
import { InputError } from "./errors.ts";
import { keccak256 } from "./hashes.ts";
import { printable } from "./text.ts";

/**
 * Ethereum address of an account, session key or contract: 0x and 40 hex digits, always lower case
 * inside Floodgate.
 */
export type Address = Hex;

/** SHA-1 of the bencoded `info` dictionary (BEP 3): 40 lower-case hex digits without 0x. */
export type InfoHash = string;

/** Compressed secp256k1 public key: 0x and 66 lower-case hex digits. */
export type PublicKey = Hex;

/**
 * Accepts lower case, upper case, or a correct EIP-55 checksum.
 * @throws {InputError} ADDRESS_INVALID
 */
export function parseAddress(text: string): Address {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) {
    throw new InputError("ADDRESS_INVALID", `"${printable(text)}" is not an address: write 0x and 40 hex digits`);
  }
  const lower = text.toLowerCase() as Address;
  const isMixed = /[a-f]/.test(text) && /[A-F]/.test(text.slice(2));
  if (isMixed && toChecksumAddress(lower) !== text) {
    throw new InputError("ADDRESS_INVALID", `"${text}" has a wrong checksum (EIP-55): copy the address again`);
  }
  return lower;
}

/** EIP-55 spelling, for people. */
export function toChecksumAddress(address: Address): string {
  const digits = address.slice(2);
  const hash = bytesToHex(keccak256(new TextEncoder().encode(digits))).slice(2);
  let text = "0x";
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[i] as string;
    text += Number.parseInt(hash[i] as string, 16) >= 8 ? digit.toUpperCase() : digit;
  }
  return text;
}

/** @throws {InputError} INFOHASH_INVALID */
export function parseInfoHash(text: string): InfoHash {
  const lower = text.toLowerCase();
  if (!/^[0-9a-f]{40}$/.test(lower))
    throw new InputError("INFOHASH_INVALID", `"${printable(text)}" is not an infohash: write 40 hex digits`);
  return lower;
}

/** Parses hex of exactly `length` bytes. @throws {InputError} HEX_INVALID */
export function parseHexBytes(text: string, length: number): Uint8Array {
  if (text.length !== 2 + 2 * length || !/^0x[0-9a-fA-F]*$/.test(text)) {
    throw new InputError("HEX_INVALID", `expected 0x and ${2 * length} hex digits`);
  }
  return hexToBytes(text.toLowerCase());
}

/** Address of an uncompressed public key, 64 bytes x‖y (Yellow Paper, appendix F). */
export function addressOfPublicKey(xy: Uint8Array): Address {
  return bytesToHex(keccak256(xy).subarray(12));
}
