import { bytesToHex, hexToBytes } from "../base/bytes.ts";
import type { Signature } from "../base/secp256k1.ts";

/** Headers with which a session key proves that a request is its own (docs/protocol.md 10). */

/** `<signedAt>:<signature of the ApiRequest, 128 hex digits>` */
export const PROOF_HEADER = "floodgate-proof";

/** RFC 9530, with SHA-256 only. */
export const DIGEST_HEADER = "content-digest";

export interface RequestProof {
  /** Seconds since 1970. */
  readonly signedAt: number;
  readonly signature: Signature;
}

export function formatProof({ signedAt, signature }: RequestProof): string {
  return `${signedAt}:${bytesToHex(signature).slice(2)}`;
}

/** Null for anything that is not a proof. */
export function parseProof(text: string): RequestProof | null {
  const [, signedAt, signature] = /^([1-9][0-9]{0,11}):([0-9a-f]{128})$/.exec(text) ?? [];
  return signature === undefined ? null : { signedAt: Number(signedAt), signature: hexToBytes(signature) };
}

/** `sha256` in base64. */
export function formatDigest(sha256: string): string {
  return `sha-256=:${sha256}:`;
}
