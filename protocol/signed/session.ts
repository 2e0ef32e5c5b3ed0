import type { Address } from "../base/ids.ts";
import type { Amount } from "../base/units.ts";
import { addressWord, type DomainSeparator, hashTypedData, typeHash, uintWord } from "./typed-data.ts";

/**
 * The wallet's word that a session key may spend up to `limit` of its deposit until `expiresAt`.
 */
export interface SessionAuthorization {
  readonly account: Address;
  readonly sessionKey: Address;
  /** Base units over the session's whole life; 2^96-1 is no limit. */
  readonly limit: Amount;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

export const SESSION_AUTHORIZATION_TYPE =
  "SessionAuthorization(address account,address sessionKey,uint96 limit,uint40 expiresAt)";
const TYPE_HASH = typeHash(SESSION_AUTHORIZATION_TYPE);

/** 32 bytes: what the wallet signs (EOA: 65 bytes r‖s‖v; contract: ERC-1271). */
export function hashSessionAuthorization(separator: DomainSeparator, authorization: SessionAuthorization): Uint8Array {
  return hashTypedData(
    separator,
    TYPE_HASH,
    addressWord(authorization.account),
    addressWord(authorization.sessionKey),
    uintWord(authorization.limit),
    uintWord(authorization.expiresAt),
  );
}
