import type { Address } from "../../protocol/base/ids.ts";
import type { Caller, Context } from "../context.ts";
import { findSessions, insertSession } from "../store/tables/sessions.ts";

/**
 * Registers sessions whose access tokens are good, and which the store has lost: it may have been
 * restored from an older copy. Each is looked up once.
 */
export function createKnownSessions({
  clock,
  store,
}: Pick<Context, "clock" | "store">): (caller: Caller) => Promise<void> {
  const known = new Set<Address>();
  return async ({ account, sessionKey, publicKey }) => {
    if (known.has(sessionKey)) return;
    const [stored] = await findSessions(store.db, [sessionKey]);
    if (!stored)
      await store.transaction((trx) => insertSession(trx, { account, sessionKey, publicKey, createdAt: clock.now() }));
    known.add(sessionKey);
  };
}
