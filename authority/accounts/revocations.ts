import type { Address } from "../../protocol/base/ids.ts";
import type { TokenGrant } from "../access-token.ts";
import type { Store } from "../store/database.ts";
import { insertRevocation, listRevocations } from "../store/tables/sessions.ts";

/**
 * Sessions whose access tokens no longer count, though they have not expired. Stored, and kept in
 * memory, since each request asks.
 */
export interface Revocations {
  isRevoked(grant: Pick<TokenGrant, "sessionKey" | "issuedAt">): boolean;
  /** All tokens of this session that were issued until now. `expiresAt`: of the last of them. */
  revoke(sessionKey: Address, now: number, expiresAt: number): Promise<void>;
  /** When a token that is given out now must have been issued, so that it counts. */
  issueTime(sessionKey: Address, now: number): number;
}

export async function openRevocations(store: Store, now: number): Promise<Revocations> {
  const revokedAt = new Map((await listRevocations(store.db, now)).map((row) => [row.sessionKey, row.revokedAt]));
  return {
    isRevoked: ({ sessionKey, issuedAt }) => issuedAt <= (revokedAt.get(sessionKey) ?? -1),
    async revoke(sessionKey, at, expiresAt) {
      await store.transaction((trx) => insertRevocation(trx, { sessionKey, revokedAt: at, expiresAt }, at));
      revokedAt.set(sessionKey, at);
    },
    issueTime: (sessionKey, at) => Math.max(at, (revokedAt.get(sessionKey) ?? -1) + 1),
  };
}
