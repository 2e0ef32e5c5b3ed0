import secp256k1 from "secp256k1/bindings.js";
import { bytesToHex, hexToBytes } from "./bytes.ts";
import { InputError } from "./errors.ts";
import { type Address, addressOfPublicKey, type PublicKey } from "./ids.ts";
import { knownAddressOf } from "./known-keys.ts";

/** A signature of a session key or of the authority: 64 bytes r‖vs (EIP-2098), s <= n/2. */
export type Signature = Uint8Array;

export const SIGNATURE_BYTES = 64;

/**
 * n/2 of secp256k1, big-endian: greater s are refused here exactly as on-chain, since every
 * recovery function accepts them.
 */
const HALF_ORDER = hexToBytes("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/** Signs a 32-byte digest with a 32-byte private key (RFC 6979, low s). */
export function sign(digest: Uint8Array, privateKey: Uint8Array): Signature {
  const { signature, recid } = secp256k1.ecdsaSign(digest, privateKey);
  signature[32] = (signature[32] as number) | (recid << 7);
  return signature;
}

/** r‖s of the signature under way, its s, and the uncompressed key that it gives. Used again. */
const rs = new Uint8Array(64);
const s = rs.subarray(32);
const key = new Uint8Array(65);

/** The address that signed, or null for anything that is not one canonical 64-byte signature. */
export function recoverSigner(digest: Uint8Array, signature: Signature): Address | null {
  if (signature.length !== SIGNATURE_BYTES) return null;
  rs.set(signature);
  const recid = (rs[32] as number) >> 7;
  rs[32] = (rs[32] as number) & 0x7f;
  if (isAboveHalfOrder(s)) return null;
  try {
    return knownAddressOf(secp256k1.ecdsaRecover(rs, recid, digest, false, key));
  } catch {
    // The binding throws for r or s of zero or above the order, and for points that do not exist:
    // no signer.
    return null;
  }
}

/** Compressed public key of a private key, 33 bytes. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return secp256k1.publicKeyCreate(privateKey, true);
}

export function isPrivateKey(bytes: Uint8Array): boolean {
  return bytes.length === 32 && secp256k1.privateKeyVerify(bytes);
}

/**
 * Address of a compressed (33 bytes) or uncompressed (65 bytes) public key.
 * @throws {InputError} PUBLIC_KEY_INVALID
 */
export function addressOfKey(publicKey: Uint8Array): Address {
  if ((publicKey.length !== 33 && publicKey.length !== 65) || !secp256k1.publicKeyVerify(publicKey)) {
    throw new InputError("PUBLIC_KEY_INVALID", "not a secp256k1 public key");
  }
  return addressOfPublicKey(secp256k1.publicKeyConvert(publicKey, false).subarray(1));
}

/** @throws {InputError} PUBLIC_KEY_INVALID */
export function parsePublicKey(text: string): PublicKey {
  if (!/^0x0[23][0-9a-fA-F]{64}$/.test(text))
    throw new InputError("PUBLIC_KEY_INVALID", "expected a compressed public key: 0x02 or 0x03 and 64 hex digits");
  const bytes = hexToBytes(text.toLowerCase());
  addressOfKey(bytes);
  return bytesToHex(bytes);
}

function isAboveHalfOrder(s: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) {
    const difference = (s[i] as number) - (HALF_ORDER[i] as number);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
