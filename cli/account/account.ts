import type { AuthorityClient } from "../../client/authority-client.ts";
import type { Network } from "../../client/identity.ts";
import { pollUntil } from "../../client/poll.ts";
import { readPassphrase } from "../../client/wallet/passphrase.ts";
import { identityOf, readSession, type Session, writeSession } from "../../client/wallet/session.ts";
import { requestSession, signIn } from "../../client/wallet/sign-in.ts";
import type { Wallet } from "../../client/wallet/wallet.ts";
import { ChainError, InputError } from "../../protocol/base/errors.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { Context } from "../runtime.ts";
import { walletPath } from "../wallet-path.ts";
import { type OpenNetwork, openNetwork } from "./network-file.ts";

/** The account of a home directory, logged in with its authority. */
export interface Account {
  readonly network: Network;
  /** Carries the access token. */
  readonly client: AuthorityClient;
  readonly session: Session;
}

/** `login`: a request or two; `serve`: the access token must last, too; `spend`: the session key signs vouchers. */
export type Need = "login" | "serve" | "spend";

/** An access token is renewed when it has less than this left. */
const LOGIN_MARGIN_SEC = 60;

/** Opens the account, and renews what has expired or will soon: only then the wallet's passphrase is needed. */
export async function openAccount(context: Context, need: Need, opened: OpenNetwork | null = null): Promise<Account> {
  const { client, network } = opened ?? (await openNetwork(context.home, context.signal));
  const session = await readSession(context.home);
  if (!session) {
    throw new InputError("NOT_REGISTERED", `no session is in ${context.home}: run \`floodgate register\` again`);
  }
  if (isFresh(session, network, need)) return { network, client: client.withBearer(session.accessToken), session };
  const wallet = await unlockWallet(context);
  const loggedIn = await logIn(context, { network, client, session }, wallet);
  return need === "spend" ? authorize(context, loggedIn, wallet) : loggedIn;
}

/** Opens the keystore of the home with the passphrase. */
export async function unlockWallet(context: Context): Promise<Wallet> {
  const { openKeystore, readKeystoreAddress } = await import("../../client/wallet/keystore.ts");
  const path = walletPath(context.home);
  await readKeystoreAddress(path);
  return openKeystore(path, await readPassphrase(context.passphrase));
}

/** Logs in and saves the access token. */
export async function logIn(context: Context, account: Account, wallet: Wallet): Promise<Account> {
  const { network, client, session } = account;
  if (wallet.address !== session.account) {
    throw new InputError(
      "WALLET_INVALID",
      `the wallet in ${context.home} is not the registered account ${session.account}`,
    );
  }
  const { publicKey } = identityOf(session);
  const login = await signIn(client, wallet, network.info, publicKey, context.signal);
  const renewed: Session = { ...session, accessToken: login.accessToken, accessExpiresAt: login.expiresAt };
  await writeSession(context.home, renewed);
  return { network, client: client.withBearer(login.accessToken), session: renewed };
}

/** Authorizes the session key for one more lifetime, waits until that is on-chain, and saves it. */
export async function authorize(context: Context, account: Account, wallet: Wallet): Promise<Account> {
  const { client, network, session } = account;
  const { sessionKey } = identityOf(session);
  const requested = await requestSession(
    client,
    wallet,
    network.info,
    { sessionKey, limit: session.limit },
    context.signal,
  );
  const state = await pollUntil({
    read: () => client.session(sessionKey, context.signal),
    isDone: ({ state, expiresAt }) => state !== "pending" && (state !== "active" || expiresAt >= requested.expiresAt),
    signal: context.signal,
    pending: "the session's authorization is not confirmed yet: run the command again in a while",
  });
  if (state.state !== "active") {
    throw new ChainError(
      "SESSION_FAILED",
      `the session's authorization ended as "${state.state}": run \`floodgate register\` again`,
    );
  }
  const authorized: Session = { ...session, authorizedUntil: state.expiresAt };
  await writeSession(context.home, authorized);
  return { network, client, session: authorized };
}

/** Seconds until the session must be renewed for this need; never negative. */
export function sessionLeftSec(session: Session, { info }: Network, need: Need): number {
  const left = untilOf(session, need) - info.now;
  const margin = marginSec(info, need);
  // With lifetimes shorter than the margin each session is used to its end.
  return Math.max(0, left > margin ? left - margin : left);
}

function isFresh(session: Session, { info }: Network, need: Need): boolean {
  return untilOf(session, need) - info.now > marginSec(info, need);
}

function untilOf({ accessExpiresAt, authorizedUntil }: Session, need: Need): number {
  return need === "spend" ? Math.min(accessExpiresAt, authorizedUntil) : accessExpiresAt;
}

/** A session that ends within one allotment's life would only get shortened allotments. */
function marginSec(info: Info, need: Need): number {
  return need === "login" ? LOGIN_MARGIN_SEC : info.allotmentPeriodSec + info.acceptMarginSec;
}
