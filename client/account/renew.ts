import { ChainError, InputError } from "../../protocol/base/errors.ts";
import { pollUntil } from "../poll.ts";
import { identityOf, type Session } from "../wallet/session.ts";
import { requestSession, signIn } from "../wallet/sign-in.ts";
import type { Wallet } from "../wallet/wallet.ts";
import type { AccountHome } from "./home.ts";
import type { Account } from "./opened-account.ts";

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
  const renewed: Session = { ...session, accessToken: login.accessToken, accessExpiresAt: login.expiresAt };
  await home.session.write(renewed);
  return { network, client: client.withBearer(login.accessToken), session: renewed };
}

/**
 * Authorizes the session key for one more lifetime, waits until that is on-chain, and saves it.
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
  const requested = await requestSession(client, wallet, network.info, { sessionKey, limit: session.limit }, signal);
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
  const authorized: Session = { ...session, authorizedUntil: state.expiresAt };
  await home.session.write(authorized);
  return { network, client, session: authorized };
}
