import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { generatePrivateKey } from "viem/accounts";
import { joinNetwork, saveNetwork } from "../../../client/account/network.ts";
import { openNodeHome } from "../../../client/account/node-home.ts";
import type { AuthorityClient } from "../../../client/authority-client.ts";
import { pollUntil } from "../../../client/poll.ts";
import { createSessionKey } from "../../../client/wallet/session.ts";
import { writeSession } from "../../../client/wallet/session-file.ts";
import { requestSession, signIn } from "../../../client/wallet/sign-in.ts";
import { openWallet, type Wallet } from "../../../client/wallet/wallet.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { MAX_UINT96 } from "../../../protocol/base/units.ts";
import type { PeerSpec } from "./child.ts";

/**
 * A customer as `floodgate register` leaves it, but for its wallet, which lives in memory: a
 * hundred keystores take minutes.
 */
export interface BenchAccount extends PeerSpec {
  readonly account: Address;
  readonly wallet: Wallet;
  /** With its access token. */
  readonly authority: AuthorityClient;
}

const CARD = "4242424242424242";
const POLL_MS = 1_000;
const NO_PASSPHRASE = { file: undefined, environment: undefined, prompt: null };

/**
 * Registers these customers at once, each with this deposit and a session in a home of its own,
 * which may spend up to `limit`. Base units.
 */
export function registerAll(
  apiUrl: string,
  directory: string,
  names: readonly string[],
  deposit: bigint,
  limit = MAX_UINT96,
): Promise<BenchAccount[]> {
  return Promise.all(names.map((name) => register(apiUrl, join(directory, name), name, deposit, limit)));
}

async function register(
  apiUrl: string,
  home: string,
  name: string,
  deposit: bigint,
  limit: bigint,
): Promise<BenchAccount> {
  const { signal } = new AbortController();
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const kept = openNodeHome(home, NO_PASSPHRASE);
  const opened = await joinNetwork(kept, apiUrl, signal);
  await saveNetwork(kept, opened);
  const { client: anonymous } = opened;
  const wallet = openWallet(generatePrivateKey());
  const privateKey = createSessionKey();
  const info = await anonymous.info();
  const login = await signIn(anonymous, wallet, info, publicKeyOf(privateKey));
  const authority = anonymous.withSession({ accessToken: login.accessToken, privateKey });

  const { id } = await authority.deposit({ card: CARD, amount: deposit.toString() }, randomUUID());
  await pollUntil({
    read: () => authority.depositById(id),
    isDone: ({ state }) => state === "credited",
    signal,
    pending: "a deposit is not confirmed",
    intervalMs: POLL_MS,
  });
  const sessionKey = addressOfKey(publicKeyOf(privateKey));
  await requestSession(authority, wallet, await anonymous.info(), { sessionKey, limit });
  const { expiresAt } = await pollUntil({
    read: () => authority.session(sessionKey),
    isDone: ({ state }) => state === "active",
    signal,
    pending: "a session is not confirmed",
    intervalMs: POLL_MS,
  });
  await writeSession(home, {
    account: wallet.address,
    privateKey,
    accessToken: login.accessToken,
    announceToken: login.announceToken,
    accessExpiresAt: login.expiresAt,
    limit,
    chosenLimit: limit,
    authorizedUntil: expiresAt,
  });
  return { name, home, account: wallet.address, wallet, authority };
}
