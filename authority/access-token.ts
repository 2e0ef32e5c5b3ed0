import { createHmac, timingSafeEqual } from "node:crypto";
import { bytesToHex, concatBytes, hexToBytes, readUint, writeUint } from "../protocol/base/bytes.ts";
import type { Address, PublicKey } from "../protocol/base/ids.ts";

/**
 * What an access token says. The token is opaque to everyone but the authority, and of use only to
 * the holder of its session key.
 */
export interface TokenGrant {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly publicKey: PublicKey;
  /** Seconds since 1970, chain time. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** account 20, session key 20, public key 33, issued 5, expiry 5, then HMAC-SHA256 32. */
const GRANT_BYTES = 83;
const TOKEN_BYTES = GRANT_BYTES + 32;

/** `secret`: the token secret of the authority's home, 64 hex digits. */
export function createAccessToken(grant: TokenGrant, secret: string): string {
  const body = concatBytes(
    hexToBytes(grant.account),
    hexToBytes(grant.sessionKey),
    hexToBytes(grant.publicKey),
    new Uint8Array(10),
  );
  writeUint(body, 73, 5, grant.issuedAt);
  writeUint(body, 78, 5, grant.expiresAt);
  return Buffer.concat([body, mac(body, secret)]).toString("base64url");
}

/** What a token of this authority grants, expired or not; null for anything else. */
export function readAccessToken(token: string, secret: string): TokenGrant | null {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== TOKEN_BYTES || bytes.toString("base64url") !== token) return null;
  const body = bytes.subarray(0, GRANT_BYTES);
  if (!timingSafeEqual(bytes.subarray(GRANT_BYTES), mac(body, secret))) return null;
  return {
    account: bytesToHex(body.subarray(0, 20)),
    sessionKey: bytesToHex(body.subarray(20, 40)),
    publicKey: bytesToHex(body.subarray(40, 73)),
    issuedAt: Number(readUint(body, 73, 5)),
    expiresAt: Number(readUint(body, 78, 5)),
  };
}

function mac(body: Uint8Array, secret: string): Buffer {
  return createHmac("sha256", Buffer.from(secret, "hex")).update(body).digest();
}
