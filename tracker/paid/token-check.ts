import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { ANNOUNCE_TOKEN_KEY_LABEL, type AnnounceToken, readAnnounceToken } from "../../protocol/wire/announce-token.ts";

/** What a token of the authority says, expired or not; null for anything else. */
export type TokenCheck = (token: string) => AnnounceToken | null;

/** Checks announce tokens by their MAC alone. */
export function createTokenCheck(operatorSecret: string): TokenCheck {
  const derived = createHmac("sha256", operatorSecret).update(ANNOUNCE_TOKEN_KEY_LABEL).digest();
  const key = createSecretKey(derived);
  return (token) => {
    const parts = readAnnounceToken(Buffer.from(token, "base64url"));
    if (parts === null) return null;
    return timingSafeEqual(createHmac("sha256", key).update(parts.body).digest(), parts.mac) ? parts : null;
  };
}
