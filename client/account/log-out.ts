import { FloodgateError, InputError } from "../../protocol/base/errors.ts";
import type { AuthorityClient } from "../authority-client.ts";
import { identityOf, type Session } from "../wallet/session.ts";
import type { AccountHome } from "./home.ts";
import { openNetwork } from "./network.ts";

/** With these the authority takes the token no more. */
const ENDED: ReadonlySet<string> = new Set(["TOKEN_EXPIRED", "TOKEN_INVALID", "TOKEN_REVOKED"]);

export interface LoggedOut {
  /** False: there was no access token any more. */
  readonly wasLoggedIn: boolean;
  /** Without tokens. The contract still knows its key. */
  readonly session: Session;
}

/**
 * Ends the access tokens of this home's session, first at the authority: if that is away, the home
 * keeps its token and can log out later. The wallet stays closed. No peer may run in the home, as
 * it would log in again.
 * @throws {InputError} NOT_REGISTERED, SESSION_INVALID, NETWORK_CHANGED; {NetworkError}
 */
export async function logOut(home: AccountHome, signal: AbortSignal): Promise<LoggedOut> {
  const session = await home.session.read();
  if (!session)
    throw new InputError("NOT_REGISTERED", `no session is in ${home.name}: there is nothing to log out; check --home`);
  if (session.accessToken === "") return { wasLoggedIn: false, session };
  const { client } = await openNetwork(home, signal);
  await revoke(client.withSession(session), session, signal);
  const ended: Session = { ...session, accessToken: "", announceToken: "", accessExpiresAt: 0 };
  await home.session.write(ended);
  return { wasLoggedIn: true, session: ended };
}

async function revoke(client: AuthorityClient, session: Session, signal: AbortSignal): Promise<void> {
  try {
    await client.logOut(identityOf(session).sessionKey, signal);
  } catch (error) {
    // A run before this one got so far, or time did.
    if (!(error instanceof FloodgateError && ENDED.has(error.code))) throw error;
  }
}
