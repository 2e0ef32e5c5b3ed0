import type { PublicClient } from "viem";
import { InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { readTokenOf, type Token } from "../../protocol/contract/reads.ts";

/** What never changes about the chain and the contract. */
export interface ChainFacts {
  readonly chainId: number;
  readonly contract: Address;
  readonly token: Token;
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
}

/** @throws {InputError} CONTRACT_MISSING */
export async function readFacts(client: PublicClient, contract: Address): Promise<ChainFacts> {
  const chainId = await client.getChainId();
  if ((await client.getCode({ address: contract })) === undefined) {
    throw new InputError(
      "CONTRACT_MISSING",
      `there is no contract at ${contract}: run floodgate deploy, or check --contract and --rpc`,
    );
  }
  const at = { address: contract, abi: floodgateAbi } as const;
  const [token, allotmentPeriodSec, claimPeriodSec] = await Promise.all([
    readTokenOf(client, contract),
    client.readContract({ ...at, functionName: "allotmentPeriod" }),
    client.readContract({ ...at, functionName: "claimPeriod" }),
  ]);
  return { chainId, contract, token, allotmentPeriodSec, claimPeriodSec };
}

/**
 * Refuses keys that the contract does not know.
 * @throws {InputError} OPERATOR_WRONG, ALLOTTER_UNKNOWN
 */
export async function checkRoles(
  client: PublicClient,
  contract: Address,
  { operator, allotter }: { readonly operator: Address; readonly allotter: Address },
): Promise<void> {
  const at = { address: contract, abi: floodgateAbi } as const;
  const expected = parseAddress(await client.readContract({ ...at, functionName: "operator" }));
  if (expected !== operator)
    throw new InputError(
      "OPERATOR_WRONG",
      `the contract's operator is ${expected}, but the operator key belongs to ${operator}: use the right key`,
    );
  const { isCurrent } = await client.readContract({ ...at, functionName: "allotterOf", args: [allotter] });
  if (!isCurrent)
    throw new InputError(
      "ALLOTTER_UNKNOWN",
      `${allotter} is no allotter of the contract: use the right key, or let the owner add it`,
    );
}
