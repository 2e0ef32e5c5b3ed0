import type { Static } from "typebox";
import { AccessError } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import type { LogoutReply, LogoutSchema } from "../../protocol/http/accounts.ts";
import type { Caller, Context } from "../context.ts";
import { findSessions } from "../store/tables/sessions.ts";

/**
 * Revokes the access tokens of one of the account's sessions: this one, or that of a lost device.
 * What its vouchers may spend the contract's `revokeSession` ends.
 * @throws {AccessError} SESSION_UNKNOWN
 */
export async function logOut(
  { clock, config, revocations, store }: Context,
  caller: Caller,
  body: Static<typeof LogoutSchema>,
): Promise<LogoutReply> {
  const sessionKey = parseAddress(body.sessionKey);
  const [session] = await findSessions(store.db, [sessionKey]);
  if (session?.account !== caller.account)
    throw new AccessError("SESSION_UNKNOWN", "this account has not logged in with that session key");
  const now = clock.now();
  await revocations.revoke(sessionKey, now, now + config.params.sessionLifetimeSec);
  return { sessionKey, revokedAt: now };
}
