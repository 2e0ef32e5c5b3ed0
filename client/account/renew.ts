import { ChainError, FloodgateError, InputError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import type { AuthorityClient } from "../authority-client.ts";
import { pollUntil } from "../poll.ts";
import { identityOf, type Session } from "../wallet/session.ts";
import { requestSession, signIn } from "../wallet/sign-in.ts";
import type { Wallet } from "../wallet/wallet.ts";
import type { AccountHome } from "./home.ts";
import type { Account } from "./opened-account.ts";
import { chooseLimit, type SpentSession } from "./session-limit.ts";

/**
 * Logs in and saves the access token.
 * @throws {InputError} WALLET_INVALID when the wallet is of another account
 */
export async function logIn(
  home: AccountHome,
  account: Account,
  wallet: Wallet,
  signal: AbortSignal,
): Promise<Account> {
  const { network, client, session } = account;
  if (wallet.address !== session.account) {
    throw new InputError(
      "WALLET_INVALID",
      `the wallet in ${home.name} is not the registered account ${session.account}`,
    );
  }
  const { publicKey } = identityOf(session);
  const login = await signIn(client, wallet, network.info, publicKey, signal);
  const { accessToken, announceToken, expiresAt: accessExpiresAt } = login;
  const renewed: Session = { ...session, accessToken, announceToken, accessExpiresAt };
  await home.session.write(renewed);
  return { network, client: client.withSession(renewed), session: renewed };
}

/**
 * Authorizes the session key for one more lifetime and to spend what the account has now (or what
 * the customer chose), waits until that is on-chain, and saves it.
 * @throws {ChainError} SESSION_FAILED, STILL_PENDING
 */
export async function authorize(
  home: AccountHome,
  account: Account,
  wallet: Wallet,
  signal: AbortSignal,
): Promise<Account> {
  const { client, network, session } = account;
  const { sessionKey } = identityOf(session);
  const [{ balance }, known] = await Promise.all([client.account(signal), findSession(client, sessionKey, signal)]);
  const limit = chooseLimit(session.chosenLimit, parseBaseUnits(balance), known);
  const requested = await requestSession(client, wallet, network.info, { sessionKey, limit }, signal);
  const state = await pollUntil({
    read: () => client.session(sessionKey, signal),
    isDone: ({ state, expiresAt }) => state !== "pending" && (state !== "active" || expiresAt >= requested.expiresAt),
    signal,
    pending: "the session's authorization is not confirmed yet: run the command again in a while",
  });
  if (state.state !== "active") {
    throw new ChainError(
      "SESSION_FAILED",
      `the session's authorization ended as "${state.state}": run \`floodgate register\` again`,
    );
  }
  const authorized: Session = { ...session, limit: parseBaseUnits(state.limit), authorizedUntil: state.expiresAt };
  await home.session.write(authorized);
  return { network, client, session: authorized };
}

/** What the chain knows of the session; null before its first authorization. */
async function findSession(
  client: AuthorityClient,
  sessionKey: Address,
  signal: AbortSignal,
): Promise<SpentSession | null> {
  try {
    const { limit, spent } = await client.session(sessionKey, signal);
    return { limit: parseBaseUnits(limit), spent: parseBaseUnits(spent) };
  } catch (error) {
    if (error instanceof FloodgateError && error.code === "SESSION_UNKNOWN") return null;
    throw error;
  }
}
