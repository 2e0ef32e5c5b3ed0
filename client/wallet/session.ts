import type { Address } from "../../protocol/base/ids.ts";
import { addressOfKey, isPrivateKey, publicKeyOf } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { PeerIdentity } from "../identity.ts";

/** A session as it is stored in its home. */
export interface Session {
  readonly account: Address;
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  /**
   * The authority's access token, and the end of its validity. Times are seconds since 1970, on the
   * authority's clock.
   */
  readonly accessToken: string;
  /** Good for announces only, for the same time. */
  readonly announceToken: string;
  readonly accessExpiresAt: number;
  /**
   * What the session may spend in all, in base units, as the wallet authorized it last; 2^96-1 is
   * no limit, 0 before the first authorization.
   */
  readonly limit: Amount;
  /** The limit that the customer asked for; null: it follows the money in the account. */
  readonly chosenLimit: Amount | null;
  /** When the wallet's authorization of the key ends; 0 before the first one is on-chain. */
  readonly authorizedUntil: number;
}

/** A random secp256k1 key, 32 bytes. */
export function createSessionKey(): Uint8Array {
  const key = crypto.getRandomValues(new Uint8Array(32));
  // The key is zero or above the group order once in 2^128 draws.
  return isPrivateKey(key) ? key : createSessionKey();
}

/** The part of a session that a running peer acts with. */
export function identityOf(session: Session): PeerIdentity {
  const publicKey = publicKeyOf(session.privateKey);
  return {
    account: session.account,
    sessionKey: addressOfKey(publicKey),
    privateKey: session.privateKey,
    publicKey,
    accessToken: session.accessToken,
    announceToken: session.announceToken,
    expiresAt: Math.min(session.accessExpiresAt, session.authorizedUntil),
  };
}
