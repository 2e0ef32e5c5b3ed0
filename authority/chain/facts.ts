import type { PublicClient } from "viem";
import { InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { readTokenOf, type Token } from "../../protocol/contract/reads.ts";
import { checkDepositor } from "./permit.ts";

/** What never changes about the chain and the contract. */
export interface ChainFacts {
  readonly chainId: number;
  readonly contract: Address;
  readonly token: Token;
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
  /** The contract that takes deposits by signature; null: none is known. */
  readonly depositor: Address | null;
}

/** @throws {InputError} CONTRACT_MISSING, CONFIG_INVALID */
export async function readFacts(
  client: PublicClient,
  contract: Address,
  depositor: Address | null,
): Promise<ChainFacts> {
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
  if (depositor !== null) await checkDepositor(client, depositor, contract);
  return { chainId, contract, token, allotmentPeriodSec, claimPeriodSec, depositor };
}

/**
 * Refuses keys of which the contract does not know one of each kind.
 * @throws {InputError} OPERATOR_WRONG, ALLOTTER_UNKNOWN
 */
export async function checkRoles(
  client: PublicClient,
  contract: Address,
  { operators, allotters }: { readonly operators: readonly Address[]; readonly allotters: readonly Address[] },
): Promise<void> {
  const at = { address: contract, abi: floodgateAbi } as const;
  const expected = parseAddress(await client.readContract({ ...at, functionName: "operator" }));
  if (!operators.includes(expected))
    throw new InputError(
      "OPERATOR_WRONG",
      `the contract's operator is ${expected}, but the operator key belongs to ${operators.join(", ")}: use the right key`,
    );
  const states = await Promise.all(
    allotters.map((key) => client.readContract({ ...at, functionName: "allotterOf", args: [key] })),
  );
  if (!states.some(({ isCurrent }) => isCurrent))
    throw new InputError(
      "ALLOTTER_UNKNOWN",
      `${allotters.join(", ")} is no allotter of the contract: use the right key, or let the owner add it`,
    );
}
