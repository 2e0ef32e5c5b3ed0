import { getAddress } from "ethers";
import { keccakOf } from "./keccak.ts";
import type { Address } from "./primitives.ts";

/** Addresses kept: most of them come again and again. */
const MAX_KNOWN = 65_536;
const known = new Map<string, Address>();

/** As ethers' `getAddress` spells it, which hashes at each call. @throws {TypeError} no address */
export function addressOf(text: string): Address {
  return /^0x[0-9a-fA-F]{40}$/.test(text) ? checksummed(text.slice(2).toLowerCase()) : getAddress(text);
}

/** EIP-55 of 40 lower-case hex digits. */
export function checksummed(digits: string): Address {
  const found = known.get(digits);
  if (found !== undefined) return found;
  const hash = keccakOf(digits);
  let address = "0x";
  // A letter is a capital where the hash has a digit of 8 or more.
  for (let i = 0; i < 40; i++)
    address += hash.charCodeAt(i) >= 0x38 ? (digits[i] as string).toUpperCase() : (digits[i] as string);
  if (known.size >= MAX_KNOWN) known.clear();
  // A copy: a slice would keep the whole long text alive.
  known.set([...digits].join(""), address);
  return address;
}
