import { getAddress, ZeroAddress } from "ethers";
import { InputError } from "../../protocol/base/errors.ts";
import { agreeOn } from "../chain/agreeing-chain.ts";
import { type ChainReader, openChain } from "../chain/chain-reader.ts";
import { checkFromBlock, findCreation } from "../chain/find-contract.ts";
import { inconsistent } from "../chain/rpc-errors.ts";
import type { ChainEvent } from "../facts/events.ts";
import type { TransactionFacts } from "../facts/facts.ts";
import type { AuditOptions } from "./audit-options.ts";
import type { Checkpoint } from "./audit-store.ts";

/** Where the history begins. */
export interface Start {
  readonly fromBlock: number;
  /** Nobody gave the block: it is the first at which the node shows code. */
  readonly isLookedUp: boolean;
}

/** One node, or two that must agree. */
export async function connect(options: AuditOptions): Promise<ChainReader> {
  const { rpcUrl, secondRpcUrl, chainId, signal, maxAnswerBytes } = options;
  const first = await openChain(rpcUrl, signal, maxAnswerBytes);
  if (chainId !== undefined && chainId !== null && first.chainId !== chainId)
    throw new InputError(
      "CHAIN_MISMATCH",
      `the node is on chain ${first.chainId}, not ${chainId}: check --rpc and --chain-id`,
    );
  if (secondRpcUrl === undefined || secondRpcUrl === null) return first;
  return agreeOn(first, await openChain(secondRpcUrl, signal, maxAnswerBytes));
}

export function chooseEnd({ toBlock }: AuditOptions, latest: number): number {
  if (toBlock === undefined || toBlock === null) return latest;
  if (toBlock <= latest) return toBlock;
  throw new InputError("TO_BLOCK_UNKNOWN", `the chain ends at block ${latest}: give an earlier --to-block`);
}

export async function chooseStart(
  chain: ChainReader,
  { contract: given, fromBlock }: AuditOptions,
  checkpoint: Checkpoint | null,
  last: number,
): Promise<Start> {
  if (checkpoint) return { fromBlock: checkpoint.fromBlock, isLookedUp: false };
  const contract = getAddress(given.toLowerCase());
  if (fromBlock === undefined || fromBlock === null)
    return { fromBlock: await findCreation(chain, contract, last), isLookedUp: true };
  await checkFromBlock(chain, contract, fromBlock);
  return { fromBlock, isLookedUp: false };
}

/**
 * The constructor names the first owner. A node that hides that has lost old logs, or lies about
 * old state.
 */
export function checkBirth(first: TransactionFacts | undefined, creation: number): void {
  const isBirth = ({ kind, ...event }: ChainEvent): boolean =>
    kind === "OwnershipTransferred" && "previousOwner" in event && event.previousOwner === ZeroAddress;
  if (first?.block === creation && first.events.some(isBirth)) return;
  throw inconsistent(`the contract has code since block ${creation}, but no event there tells of its creation`);
}
