import { InputError } from "../../protocol/base/errors.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { Network } from "../identity.ts";
import type { Session } from "../wallet/session.ts";
import type { AccountHome } from "./home.ts";
import { type OpenNetwork, openNetwork } from "./network.ts";
import type { Account } from "./opened-account.ts";
import { authorize, logIn } from "./renew.ts";

/**
 * `login`: a request or two; `serve`: the access token must last, too; `spend`: the session key
 * signs vouchers.
 */
export type Need = "login" | "serve" | "spend";

/** An access token is renewed when it has less than this left. */
const LOGIN_MARGIN_SEC = 60;

/**
 * Opens the account, and renews what has expired or will soon: only then the wallet is unlocked.
 * `opened`: what `openNetwork` returned, if it was asked already.
 * @throws {InputError} NOT_REGISTERED, NETWORK_CHANGED, WALLET_INVALID; {ChainError}
 * SESSION_FAILED, STILL_PENDING
 */
export async function openAccount(
  home: AccountHome,
  need: Need,
  signal: AbortSignal,
  opened: OpenNetwork | null = null,
): Promise<Account> {
  const { client, network } = opened ?? (await openNetwork(home, signal));
  const session = await home.session.read();
  if (!session) {
    throw new InputError("NOT_REGISTERED", `no session is in ${home.name}: run \`floodgate register\` again`);
  }
  if (isFresh(session, network, need)) return { network, client: client.withSession(session), session };
  const wallet = await home.unlock();
  const loggedIn = await logIn(home, { network, client, session }, wallet, signal);
  return need === "spend" ? authorize(home, loggedIn, wallet, signal) : loggedIn;
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
