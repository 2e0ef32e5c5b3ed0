import type { Amount } from "../../protocol/base/units.ts";
import type { DepositReply } from "../../protocol/http/accounts.ts";
import { createSessionKey, type Session } from "../wallet/session.ts";
import type { Wallet } from "../wallet/wallet.ts";
import { type CardDeposit, fundAccount } from "./fund.ts";
import type { AccountHome } from "./home.ts";
import { type OpenNetwork, saveNetwork } from "./network.ts";
import type { Account } from "./opened-account.ts";
import { authorize, logIn } from "./renew.ts";

export interface Registration {
  /** First deposit, if there is one. */
  readonly deposit: CardDeposit | null;
  /**
   * Most that this session key may ever spend, base units; null: as before, and at first what is in
   * the account.
   */
  readonly limit: Amount | null;
}

export interface Registered {
  readonly account: Account;
  /** Base units. */
  readonly balance: Amount;
}

/**
 * `registered`: the authority knows the account; `deposited`: the first deposit is final on-chain.
 */
export type RegistrationEvent = "registered" | "deposited";

interface Watch {
  readonly signal: AbortSignal;
  readonly onEvent: (event: RegistrationEvent) => void;
  /** Of `fundAccount`. */
  readonly onEarlier?: (earlier: DepositReply) => void;
}

/**
 * Logs the wallet in for the first time, or again; pays in; authorizes this home's session key if
 * there is money for it to spend. `opened` is what `joinNetwork` returned.
 * @throws as `fundAccount`; {ChainError} SESSION_FAILED, STILL_PENDING
 */
export async function register(
  home: AccountHome,
  wallet: Wallet,
  opened: OpenNetwork,
  { deposit, limit }: Registration,
  { signal, onEvent, onEarlier }: Watch,
): Promise<Registered> {
  const account = await enter(home, wallet, opened, limit, signal);
  onEvent("registered");
  if (deposit !== null) {
    await fundAccount(home, account, deposit, signal, onEarlier);
    onEvent("deposited");
  }
  const balance = BigInt((await account.client.account(signal)).balance);
  return { balance, account: balance === 0n ? account : await authorize(home, account, wallet, signal) };
}

/**
 * Logs the wallet in with the home's session key, or with a new one if the home has none of this
 * wallet. `limit`: null leaves what was chosen before.
 */
export async function enter(
  home: AccountHome,
  wallet: Wallet,
  opened: OpenNetwork,
  limit: Amount | null,
  signal: AbortSignal,
): Promise<Account> {
  const known = await home.session.read();
  const session =
    known?.account === wallet.address
      ? { ...known, chosenLimit: limit ?? known.chosenLimit }
      : newSession(wallet, limit);
  const account = await logIn(home, { ...opened, session }, wallet, signal);
  await saveNetwork(home, opened);
  return account;
}

/** A session with a new key, which has never logged in. */
function newSession({ address }: Wallet, chosenLimit: Amount | null): Session {
  return {
    account: address,
    privateKey: createSessionKey(),
    accessToken: "",
    announceToken: "",
    accessExpiresAt: 0,
    limit: 0n,
    chosenLimit,
    authorizedUntil: 0,
  };
}
