import { erc20Abi } from "viem";
import { bytesToHex } from "../../protocol/base/bytes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import type { Info } from "../../protocol/http/api.ts";
import { type DomainSeparator, hashDomain } from "../../protocol/signed/typed-data.ts";
import { readNetworkFile } from "../account/network-file.ts";
import { chainCall, openRpc, type Rpc } from "./rpc.ts";

/** A Floodgate contract as a chain node shows it: no authority is asked. */
export interface Contract {
  readonly rpc: Rpc;
  readonly address: Address;
  readonly token: Info["token"] & { readonly address: Address };
  readonly separator: DomainSeparator;
}

/** The contract that the account in `home` registered with. @throws {InputError} NOT_REGISTERED, CHAIN_MISMATCH */
export async function openHomeContract(home: string, rpcUrl: string): Promise<Contract> {
  const saved = await readNetworkFile(home);
  const rpc = await openRpc(rpcUrl);
  if (rpc.chainId !== saved.chainId) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `the account in ${home} is on chain ${saved.chainId}, but ${rpc.url} is chain ${rpc.chainId}: give the right --rpc or --home`,
    );
  }
  const contract = await openContract(rpc, parseAddress(saved.contract));
  if (contract.token.address !== parseAddress(saved.token.address)) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `the contract ${contract.address} counts another token than the account in ${home} registered with: is this another devnet?`,
    );
  }
  return contract;
}

/** @throws {InputError} CHAIN_MISMATCH when there is no Floodgate contract of our version at `address` */
export async function openContract(rpc: Rpc, address: Address): Promise<Contract> {
  const separator = hashDomain({ chainId: rpc.chainId, contract: address });
  if ((await readDomainSeparator(rpc, address)) !== bytesToHex(separator)) {
    throw new InputError(
      "CHAIN_MISMATCH",
      `there is no Floodgate contract at ${address} on the chain at ${rpc.url}: check --rpc (a devnet forgets all when it stops)`,
    );
  }
  return { rpc, address, separator, token: await readToken(rpc, await readCounted(rpc, address)) };
}

async function readDomainSeparator({ client, url }: Rpc, address: Address): Promise<string | null> {
  const code = await chainCall(url, () => client.getCode({ address }));
  if (code === undefined) return null;
  const read = { address, abi: floodgateAbi, functionName: "domainSeparator" } as const;
  return chainCall(url, () => client.readContract(read)).catch((error) => {
    // Some other contract.
    if (error.code === "CHAIN_CALL_FAILED") return null;
    throw error;
  });
}

async function readCounted({ client, url }: Rpc, address: Address): Promise<Address> {
  const read = { address, abi: floodgateAbi, functionName: "token" } as const;
  return parseAddress(await chainCall(url, () => client.readContract(read)));
}

export async function readToken({ client, url }: Rpc, address: Address): Promise<Contract["token"]> {
  return chainCall(url, async () => {
    const of = { address, abi: erc20Abi } as const;
    const symbol = await client.readContract({ ...of, functionName: "symbol" });
    const decimals = await client.readContract({ ...of, functionName: "decimals" });
    return { address, symbol, decimals };
  });
}
