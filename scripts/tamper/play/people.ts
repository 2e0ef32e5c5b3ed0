import { createHash } from "node:crypto";
import { bytesToHex, type Hex, hexToBytes } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../protocol/base/secp256k1.ts";

/** A secp256k1 key, derived from its name. */
export interface Key {
  readonly secret: Uint8Array;
  readonly address: Address;
}

export function keyOf(name: string): Key {
  const secret = createHash("sha256").update(`floodgate audit ${name}`).digest();
  return { secret, address: addressOfKey(publicKeyOf(secret)) };
}

/** 64 bytes r, vs (EIP-2098). */
export function signCompact({ secret }: Key, digest: Uint8Array): Hex {
  return bytesToHex(sign(digest, secret));
}

/** 65 bytes r, s, v, as wallets sign. */
export function signAsWallet(key: Key, digest: Uint8Array): Hex {
  const compact = hexToBytes(signCompact(key, digest));
  const v = 27 + ((compact[32] as number) >> 7);
  compact[32] = (compact[32] as number) & 0x7f;
  return bytesToHex(Uint8Array.of(...compact, v));
}

/** A customer: its wallet, and the session that its peer uses now. */
export interface Party {
  readonly wallet: Key;
  session: Key;
  sessionNumber: number;
}

/** The authority's allotter keys, counted from 1. */
export function allotterKey(number: number): Key {
  return keyOf(`allotter ${number}`);
}

/** A party's session keys, counted from 1. */
export function sessionKey(wallet: string, number: number): Key {
  return keyOf(`session ${number} of ${wallet}`);
}
