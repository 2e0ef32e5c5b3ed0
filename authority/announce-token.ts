import { createHmac } from "node:crypto";
import { concatBytes, hexToBytes } from "../protocol/base/bytes.ts";
import { ANNOUNCE_TOKEN_KEY_LABEL, announceTokenBody } from "../protocol/wire/announce-token.ts";
import type { TokenGrant } from "./access-token.ts";

/**
 * The token with which a session announces (docs/protocol.md 6.1). `operatorSecret` is what the
 * tracker has, too: it checks the MAC without asking.
 */
export function createAnnounceToken(grant: Omit<TokenGrant, "issuedAt">, operatorSecret: string): string {
  const { account, sessionKey, publicKey, expiresAt } = grant;
  const owner = concatBytes(hexToBytes(account), hexToBytes(sessionKey), hexToBytes(publicKey));
  const body = announceTokenBody(owner, expiresAt);
  const key = createHmac("sha256", operatorSecret).update(ANNOUNCE_TOKEN_KEY_LABEL).digest();
  return Buffer.concat([body, createHmac("sha256", key).update(body).digest()]).toString("base64url");
}
