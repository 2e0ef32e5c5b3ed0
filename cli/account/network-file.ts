import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { AuthorityClient } from "../../client/authority-client.ts";
import type { Network } from "../../client/identity.ts";
import { readPrivateFile, writePrivateFile } from "../../client/wallet/private-file.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { AddressSchema } from "../../protocol/base/schemas.ts";
import type { Info } from "../../protocol/http/public.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";

/** The authority that an account registered with, and what must never change about it: chain, contract and token. */
const NetworkSchema = Type.Object(
  {
    version: Type.Literal(1),
    apiUrl: Type.String({ maxLength: 2048 }),
    chainId: Type.Integer({ minimum: 1 }),
    contract: AddressSchema,
    token: Type.Object({ address: AddressSchema, symbol: Type.String(), decimals: Type.Integer() }),
  },
  { additionalProperties: false },
);
type NetworkFile = Static<typeof NetworkSchema>;

export interface OpenNetwork {
  readonly client: AuthorityClient;
  readonly network: Network;
}

/** Asks the saved authority how it is now. @throws {InputError} NOT_REGISTERED, NETWORK_FILE_INVALID, NETWORK_CHANGED */
export async function openNetwork(home: string, signal: AbortSignal): Promise<OpenNetwork> {
  return openSavedNetwork(home, await readNetworkFile(home), signal);
}

/** As `openNetwork`, with what `readNetworkFile` returned. */
export function openSavedNetwork(home: string, saved: NetworkFile, signal: AbortSignal): Promise<OpenNetwork> {
  return connect(home, saved.apiUrl, saved, signal);
}

/** What the home remembers of its authority: no authority is asked. @throws {InputError} NOT_REGISTERED, NETWORK_FILE_INVALID */
export async function readNetworkFile(home: string): Promise<NetworkFile> {
  const saved = await findNetworkFile(home);
  if (saved) return saved;
  throw new InputError(
    "NOT_REGISTERED",
    `no account is registered in ${home}: run \`floodgate register\`, or check --home`,
  );
}

/** Connects to the authority at `apiUrl` for the first time, or again, and saves it. @throws {InputError} NETWORK_CHANGED */
export async function joinNetwork(home: string, apiUrl: string, signal: AbortSignal): Promise<OpenNetwork> {
  const saved = await findNetworkFile(home);
  const opened = await connect(home, apiUrl, saved, signal);
  await writePrivateFile(
    join(home, "network.json"),
    `${JSON.stringify(fileOf(apiUrl, opened.network.info), null, 2)}\n`,
  );
  return opened;
}

async function connect(
  home: string,
  apiUrl: string,
  saved: NetworkFile | null,
  signal: AbortSignal,
): Promise<OpenNetwork> {
  const client = new AuthorityClient({ url: apiUrl });
  const info = await client.info(signal);
  if (saved && identity(saved) !== identity(fileOf(apiUrl, info))) {
    throw new InputError(
      "NETWORK_CHANGED",
      `the authority at ${apiUrl} now uses another contract, chain or token than the account in ${home} registered with: choose another --home for it`,
    );
  }
  const separator = hashDomain({ chainId: info.chainId, contract: parseAddress(info.contract) });
  return { client, network: { apiUrl: client.url.href, info, separator } };
}

async function findNetworkFile(home: string): Promise<NetworkFile | null> {
  const path = join(home, "network.json");
  const text = await readPrivateFile(path);
  if (text === null) return null;
  const value = parseJson(text);
  if (!Value.Check(NetworkSchema, value)) {
    throw new InputError("NETWORK_FILE_INVALID", `${path} is damaged: delete it and run \`floodgate register\` again`);
  }
  return value;
}

function fileOf(apiUrl: string, { chainId, contract, token }: Info): NetworkFile {
  return { version: 1, apiUrl, chainId, contract, token };
}

function identity({ chainId, contract, token }: NetworkFile): string {
  return JSON.stringify([chainId, contract.toLowerCase(), token.address.toLowerCase(), token.symbol, token.decimals]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No network is undefined: refused by the schema together with JSON of another shape.
    return undefined;
  }
}
