import { concatBytes, readUint, writeUint } from "../base/bytes.ts";

/**
 * The announce token (docs/protocol.md 6.1): it says who announces, and is good for nothing else.
 * It travels in URLs, so it must not open the authority's API. The authority makes it at the login;
 * the tracker checks its MAC without asking. Both derive the key from the operator secret.
 */

/** Account 20, session key 20, session public key 33. */
const TOKEN_OWNER_BYTES = 73;
const BODY_BYTES = TOKEN_OWNER_BYTES + 5;
const MAC_BYTES = 32;

/** Of the base64url text. */
export const MAX_ANNOUNCE_TOKEN_LENGTH = Math.ceil(((BODY_BYTES + MAC_BYTES) * 4) / 3);

/** What the key is derived for: HMAC-SHA256 of this text under the operator secret, as ASCII. */
export const ANNOUNCE_TOKEN_KEY_LABEL = "floodgate announce token 1";

export interface AnnounceToken {
  /** TOKEN_OWNER_BYTES. */
  readonly owner: Uint8Array;
  /** Seconds since 1970, on the chain's clock. */
  readonly expiresAt: number;
  /** HMAC-SHA256 of `body`. */
  readonly mac: Uint8Array;
  readonly body: Uint8Array;
}

/** What the MAC covers: the owner, then the end in 5 bytes. */
export function announceTokenBody(owner: Uint8Array, expiresAt: number): Uint8Array {
  const body = concatBytes(owner, new Uint8Array(5));
  writeUint(body, TOKEN_OWNER_BYTES, 5, expiresAt);
  return body;
}

/** Takes the token's bytes apart; its MAC is still to be checked. Null: they are no token. */
export function readAnnounceToken(bytes: Uint8Array): AnnounceToken | null {
  if (bytes.length !== BODY_BYTES + MAC_BYTES) return null;
  return {
    owner: bytes.subarray(0, TOKEN_OWNER_BYTES),
    expiresAt: Number(readUint(bytes, TOKEN_OWNER_BYTES, 5)),
    body: bytes.subarray(0, BODY_BYTES),
    mac: bytes.subarray(BODY_BYTES),
  };
}
