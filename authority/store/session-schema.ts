import type { Generated } from "kysely";
import type { Address, PublicKey } from "../../protocol/base/ids.ts";

/** Tables of sessions: their keys, tokens and authorizations. */

/** Every session key that has logged in. */
export interface SessionTable {
  sessionKey: Address;
  account: Address;
  publicKey: PublicKey;
  createdAt: number;
  /** When it logged in last. */
  loginAt: Generated<number>;
}

/** Sessions that have logged out: access tokens issued until then no longer count. */
export interface RevocationTable {
  sessionKey: Address;
  revokedAt: number;
  /** When the last of those tokens expires. */
  expiresAt: number;
}

/** SessionAuthorizations that the authority relays. */
export interface RelayTable {
  actionId: string;
  account: Address;
  sessionKey: Address;
  limit: string;
  expiresAt: number;
  createdAt: number;
  state: Generated<"pending" | "relayed" | "failed">;
}
