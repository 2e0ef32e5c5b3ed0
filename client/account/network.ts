import { InputError } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import type { Info } from "../../protocol/http/public.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import { AuthorityClient } from "../authority-client.ts";
import type { Network } from "../identity.ts";
import { type AccountHome, readSavedNetwork, type SavedNetwork } from "./home.ts";

/**
 * An authority that has just told how it is, and the way to ask it more: without an access token
 * yet.
 */
export interface OpenNetwork {
  readonly client: AuthorityClient;
  readonly network: Network;
}

/**
 * Asks the saved authority how it is now.
 * @throws {InputError} NOT_REGISTERED, NETWORK_FILE_INVALID, NETWORK_CHANGED
 */
export async function openNetwork(home: AccountHome, signal: AbortSignal): Promise<OpenNetwork> {
  return openSavedNetwork(home, await readSavedNetwork(home), signal);
}

/** As `openNetwork`, with what `readSavedNetwork` returned. */
export function openSavedNetwork(home: AccountHome, saved: SavedNetwork, signal: AbortSignal): Promise<OpenNetwork> {
  return connect(home, saved.apiUrl, saved, signal);
}

/**
 * Connects to the authority at `apiUrl` for the first time, or again. It is saved when a login has
 * shown that it takes this address (`saveNetwork`).
 * @throws {InputError} NETWORK_CHANGED
 */
export async function joinNetwork(home: AccountHome, apiUrl: string, signal: AbortSignal): Promise<OpenNetwork> {
  return connect(home, apiUrl, await home.network.read(), signal);
}

export function saveNetwork(home: AccountHome, { network }: OpenNetwork): Promise<void> {
  return home.network.write(savedOf(network.apiUrl, network.info));
}

async function connect(
  home: AccountHome,
  apiUrl: string,
  saved: SavedNetwork | null,
  signal: AbortSignal,
): Promise<OpenNetwork> {
  const client = new AuthorityClient({ url: apiUrl });
  const info = await client.info(signal);
  if (saved && identity(saved) !== identity(savedOf(apiUrl, info))) {
    throw new InputError(
      "NETWORK_CHANGED",
      `the authority at ${apiUrl} now uses another contract, chain or token than the account in ${home.name} registered with: choose another --home for it`,
    );
  }
  const separator = hashDomain({ chainId: info.chainId, contract: parseAddress(info.contract) });
  return { client, network: { apiUrl: client.url.href, info, separator } };
}

function savedOf(apiUrl: string, { chainId, contract, token }: Info): SavedNetwork {
  return { apiUrl, chainId, contract, token };
}

function identity({ chainId, contract, token }: SavedNetwork): string {
  return JSON.stringify([chainId, contract.toLowerCase(), token.address.toLowerCase(), token.symbol, token.decimals]);
}
