import secp256k1 from "secp256k1/bindings.js";
import { hexToBytes } from "../../protocol/base/bytes.ts";
import { checksummed } from "../facts/checksum.ts";
import { keccakOf } from "../facts/keccak.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import { digestOf } from "./native-digests.ts";
import type { SignatureEngine, SignedKind, SignedTerms } from "./signed-terms.ts";

/** SEC 2, secp256k1: half the order, big endian; a greater s is not canonical. */
const HALF_ORDER = hexToBytes("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/** libsecp256k1 over our own hashes: about a hundred times as fast as ethers. */
export const NATIVE: SignatureEngine = {
  voucher: compact("voucher"),
  statement: compact("statement"),
  allotment: compact("allotment"),
  receipt: compact("receipt"),
  release: compact("release"),
  authorization: wallet("authorization"),
  withdrawal: wallet("withdrawal"),
  instantWithdrawal: wallet("instantWithdrawal"),
};

/** 64 bytes r, vs (EIP-2098). */
function compact<K extends SignedKind>(kind: K) {
  return (domain: Hex, terms: SignedTerms[K], signature: Hex): Address | null => {
    const bytes = hexToBytes(signature);
    if (bytes.length !== 64) return null;
    const recovery = (bytes[32] as number) >> 7;
    bytes[32] = (bytes[32] as number) & 0x7f;
    return recover(digestOf(domain, kind, terms), bytes, recovery);
  };
}

/** 65 bytes r, s, v of an externally owned account. */
function wallet<K extends SignedKind>(kind: K) {
  return (domain: Hex, terms: SignedTerms[K], signature: Hex): Address | null => {
    const bytes = hexToBytes(signature);
    if (bytes.length !== 65) return null;
    const recovery = (bytes[64] as number) - 27;
    if (recovery !== 0 && recovery !== 1) return null;
    return recover(digestOf(domain, kind, terms), bytes.subarray(0, 64), recovery);
  };
}

function recover(digest: Uint8Array, rs: Uint8Array, recovery: number): Address | null {
  // Like every library, libsecp256k1 would recover an address from a high s.
  return isAboveHalfOrder(rs.subarray(32)) ? null : recoverDigest(digest, rs, recovery);
}

/** The signer of a digest: 64 bytes r, s, and the parity of y. Null: nobody. */
export function recoverDigest(digest: Uint8Array, rs: Uint8Array, recovery: number): Address | null {
  try {
    const key = secp256k1.ecdsaRecover(rs, recovery, digest, false);
    return checksummed(keccakOf(key.subarray(1)).slice(24));
  } catch {
    // r or s is out of range, or no point of the curve has this r: nobody's signature.
    return null;
  }
}

function isAboveHalfOrder(s: Uint8Array): boolean {
  const at = s.findIndex((byte, i) => byte !== HALF_ORDER[i]);
  return at !== -1 && (s[at] as number) > (HALF_ORDER[at] as number);
}
