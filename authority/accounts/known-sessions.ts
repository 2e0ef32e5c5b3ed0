import type { Address } from "../../protocol/base/ids.ts";
import type { Caller, Context } from "../context.ts";
import { isTicket } from "../store/sponsors/tickets.ts";
import { findSessions, insertSession } from "../store/tables/sessions.ts";

/**
 * Registers sessions whose access tokens are good, and which the store has lost: it may have been
 * restored from an older copy. Each is looked up once. Tells whether a sponsor has given it.
 */
export function createKnownSessions({
  clock,
  store,
}: Pick<Context, "clock" | "store">): (caller: Caller) => Promise<{ readonly isTicket: boolean }> {
  const known = new Map<Address, { readonly isTicket: boolean }>();
  return async ({ account, sessionKey, publicKey }) => {
    const before = known.get(sessionKey);
    if (before) return before;
    const [stored] = await findSessions(store.db, [sessionKey]);
    if (!stored)
      await store.transaction((trx) => insertSession(trx, { account, sessionKey, publicKey, createdAt: clock.now() }));
    // A ticket is stored before its token is made, and stays one.
    const found = { isTicket: await isTicket(store.db, sessionKey) };
    known.set(sessionKey, found);
    return found;
  };
}
