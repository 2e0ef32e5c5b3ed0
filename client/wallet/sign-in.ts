import { bytesToHex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { SessionReply } from "../../protocol/http/accounts.ts";
import type { Info, LoginReply } from "../../protocol/http/public.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import type { AuthorityClient } from "../authority-client.ts";
import type { Wallet } from "./wallet.ts";

/**
 * Logs in with the authority: the wallet signs a fresh nonce together with the session's public
 * key. The first login registers the account.
 */
export async function signIn(
  client: AuthorityClient,
  wallet: Wallet,
  info: Info,
  sessionPublicKey: Uint8Array,
  signal?: AbortSignal,
): Promise<LoginReply> {
  const login = await wallet.signLogin({
    apiUrl: client.url,
    chainId: info.chainId,
    nonce: await client.loginNonce(wallet.address, signal),
    sessionPublicKey: bytesToHex(sessionPublicKey),
    issuedAt: info.now,
  });
  return client.login(login, signal);
}

/**
 * Asks the authority to relay the wallet's authorization of a session key, which may then spend up
 * to `limit` in one session's lifetime. The client must carry an access token of this account.
 * @throws {PaymentError} when the account has no deposit
 */
export async function requestSession(
  client: AuthorityClient,
  wallet: Wallet,
  info: Info,
  session: { readonly sessionKey: Address; readonly limit: Amount },
  signal?: AbortSignal,
): Promise<SessionReply> {
  const authorization = {
    account: wallet.address,
    sessionKey: session.sessionKey,
    limit: session.limit,
    expiresAt: info.now + info.sessionLifetimeSec,
  };
  const separator = hashDomain({ chainId: info.chainId, contract: parseAddress(info.contract) });
  const signature = await wallet.signSessionAuthorization(separator, authorization);
  const { sessionKey, expiresAt } = authorization;
  return client.authorizeSession({ sessionKey, limit: session.limit.toString(), expiresAt, signature }, signal);
}
