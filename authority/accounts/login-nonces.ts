import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { bytesToHex, concatBytes, hexToBytes, readUint, writeUint } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";

/**
 * Login nonces (EIP-4361) that cost nothing to give out: each carries its end and a MAC, so only
 * used ones are remembered. A nonce is bound to the account that asked for it, and not to a network
 * address, which may change between two requests.
 */
export interface LoginNonces {
  issue(account: Address, now: number): { readonly nonce: string; readonly expiresAt: number };
  /** True once for each nonce that was issued to this account and has not expired. */
  take(nonce: string, account: Address, now: number): boolean;
}

export const NONCE_LIFETIME_SEC = 600;

/** end 5, random 8, then 12 bytes of HMAC-SHA256. */
const BODY_BYTES = 13;
const MAC_BYTES = 12;
/**
 * Beyond this the oldest used nonces are forgotten. Using one again gives no more than a token that
 * only the holder of the session key can use.
 */
const MAX_USED = 50_000;

/** `secret` is of this process: after a restart a client asks for another nonce. */
export function createLoginNonces(secret: Uint8Array = randomBytes(32), maxUsed = MAX_USED): LoginNonces {
  /** Each with its end, in the order of use. */
  const used = new Map<string, number>();

  const mac = (body: Uint8Array, account: Address): Uint8Array =>
    createHmac("sha256", secret)
      .update(concatBytes(body, hexToBytes(account)))
      .digest()
      .subarray(0, MAC_BYTES);

  const forget = (now: number): void => {
    for (const [nonce, expiresAt] of used) {
      if (expiresAt > now && used.size <= maxUsed) return;
      used.delete(nonce);
    }
  };

  return {
    issue(account, now) {
      const expiresAt = now + NONCE_LIFETIME_SEC;
      const body = new Uint8Array(BODY_BYTES);
      writeUint(body, 0, 5, expiresAt);
      body.set(randomBytes(8), 5);
      // EIP-4361 allows letters and digits only.
      return { nonce: bytesToHex(concatBytes(body, mac(body, account))).slice(2), expiresAt };
    },
    take(nonce, account, now) {
      if (!/^[0-9a-f]{50}$/.test(nonce)) return false;
      const bytes = hexToBytes(`0x${nonce}`);
      const body = bytes.subarray(0, BODY_BYTES);
      if (!timingSafeEqual(bytes.subarray(BODY_BYTES), mac(body, account))) return false;
      const expiresAt = Number(readUint(body, 0, 5));
      if (expiresAt <= now || used.has(nonce)) return false;
      used.set(nonce, expiresAt);
      forget(now);
      return true;
    },
  };
}
