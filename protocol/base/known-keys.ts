import { type Address, addressOfPublicKey } from "./ids.ts";

interface Known {
  readonly key: Uint8Array;
  readonly address: Address;
}

/** Two keys that fall on one place take turns. */
const PLACES = 1_024;
const places = new Array<Known | undefined>(PLACES);

/**
 * Address of an uncompressed public key, 65 bytes. A session key signs voucher after voucher: to
 * compare its bytes takes a tenth of the time that hashing them takes. The caller keeps `key`.
 */
export function knownAddressOf(key: Uint8Array): Address {
  const place = (((key[1] as number) << 8) | (key[2] as number)) % PLACES;
  const found = places[place];
  if (found !== undefined && isSame(found.key, key)) return found.address;
  const address = addressOfPublicKey(key.subarray(1));
  places[place] = { key: key.slice(), address };
  return address;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
