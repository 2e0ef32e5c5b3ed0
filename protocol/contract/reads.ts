import { erc20Abi, type PublicClient } from "viem";
import { type Address, parseAddress } from "../base/ids.ts";
import type { Amount } from "../base/units.ts";
import { floodgateAbi } from "./abi.ts";

/**
 * What more than one program reads of the contract and its token. Errors are viem's: each program
 * words its own.
 */

export interface Token {
  readonly address: Address;
  readonly symbol: string;
  readonly decimals: number;
}

/** The token that the contract at `contract` counts in. */
export async function readTokenOf(client: PublicClient, contract: Address): Promise<Token> {
  const read = { address: contract, abi: floodgateAbi, functionName: "token" } as const;
  return readToken(client, parseAddress(await client.readContract(read)));
}

export async function readToken(client: PublicClient, address: Address): Promise<Token> {
  const of = { address, abi: erc20Abi } as const;
  const [symbol, decimals] = await Promise.all([
    client.readContract({ ...of, functionName: "symbol" }),
    client.readContract({ ...of, functionName: "decimals" }),
  ]);
  return { address, symbol, decimals };
}

/**
 * Tokens that `holder` has outside of the contract, base units; at this block, or at the newest.
 */
export function readTokensOf(
  client: PublicClient,
  token: Address,
  holder: Address,
  blockNumber?: bigint,
): Promise<Amount> {
  return client.readContract({
    address: token,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [holder],
    ...(blockNumber === undefined ? {} : { blockNumber }),
  });
}

/** Tokens of `owner` that `spender` may take, base units. */
export function readAllowance(client: PublicClient, token: Address, owner: Address, spender: Address): Promise<Amount> {
  return client.readContract({ address: token, abi: erc20Abi, functionName: "allowance", args: [owner, spender] });
}

/** An account in the contract. Base units; seconds since 1970. */
export interface ContractAccount {
  readonly balance: Amount;
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  /** The next release must name it. */
  readonly releaseNonce: number;
}

/** At this block, or at the newest. */
export function readAccount(
  client: PublicClient,
  contract: Address,
  account: Address,
  blockNumber?: bigint,
): Promise<ContractAccount> {
  return client.readContract({
    address: contract,
    abi: floodgateAbi,
    functionName: "accountOf",
    args: [account],
    ...(blockNumber === undefined ? {} : { blockNumber }),
  });
}
