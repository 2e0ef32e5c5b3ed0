import { createHmac, timingSafeEqual } from "node:crypto";
import { bytesToHex, concatBytes, hexToBytes, readUint, writeUint } from "../../protocol/base/bytes.ts";
import type { Address, PublicKey } from "../../protocol/base/ids.ts";

/** What an access token says: opaque to everyone but T. */
export interface AccessClaims {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly publicKey: PublicKey;
  /** Seconds since 1970, chain time. */
  readonly expiresAt: number;
}

/** account 20, session key 20, public key 33, expiry 5, then HMAC-SHA256 32. */
const CLAIM_BYTES = 78;
const TOKEN_BYTES = CLAIM_BYTES + 32;

/** `secret`: 64 hex digits of T's home. */
export function createAccessToken(claims: AccessClaims, secret: string): string {
  const body = concatBytes(
    hexToBytes(claims.account),
    hexToBytes(claims.sessionKey),
    hexToBytes(claims.publicKey),
    new Uint8Array(5),
  );
  writeUint(body, CLAIM_BYTES - 5, 5, claims.expiresAt);
  return Buffer.concat([body, mac(body, secret)]).toString("base64url");
}

/** The claims of a token that T made, expired or not; null for anything else. */
export function readAccessToken(token: string, secret: string): AccessClaims | null {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== TOKEN_BYTES || bytes.toString("base64url") !== token) return null;
  const body = bytes.subarray(0, CLAIM_BYTES);
  if (!timingSafeEqual(bytes.subarray(CLAIM_BYTES), mac(body, secret))) return null;
  return {
    account: bytesToHex(body.subarray(0, 20)),
    sessionKey: bytesToHex(body.subarray(20, 40)),
    publicKey: bytesToHex(body.subarray(40, 73)),
    expiresAt: Number(readUint(body, 73, 5)),
  };
}

function mac(body: Uint8Array, secret: string): Buffer {
  return createHmac("sha256", Buffer.from(secret, "hex")).update(body).digest();
}
