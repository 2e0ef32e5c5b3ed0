import type { PublicClient } from "viem";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { type ContractAccount, readAccount, readAllowance, readTokensOf } from "../../protocol/contract/reads.ts";
import { decodeEvents, type ObservedEvent } from "./contract-events.ts";
import type { ChainFacts } from "./facts.ts";
import type { Reach } from "./reach.ts";

/** What the authority reads of its contract and token. */
export interface ChainReads {
  readAccount(account: Address, block: number): Promise<ContractAccount>;
  readSession(account: Address, sessionKey: Address, block: number): Promise<SessionAtBlock>;
  readWithdrawalNonce(account: Address): Promise<bigint>;
  readBond(allotter: Address, block: number): Promise<BondAtBlock>;
  /** What others did to lanes and accounts in these blocks, first and last included, in order. */
  readEvents(fromBlock: number, toBlock: number): Promise<readonly ObservedEvent[]>;
  /** At this block, or at the newest. */
  readFeeBps(block?: number): Promise<number>;
  /**
   * Base units of the token from which the authority can still fund accounts; at this block, or at
   * the newest.
   */
  readTreasury(block?: number): Promise<Amount>;
  /** Whether the operator's deposit with this id counts, as of the confirmed block. */
  isDepositUsed(id: Hex, block: number): Promise<boolean>;
  /** Base units that the contract may take of them, as of the newest block. */
  readAllowance(): Promise<Amount>;
}

export interface SessionAtBlock {
  readonly limit: Amount;
  readonly spent: Amount;
  readonly expiresAt: number;
  readonly isRevoked: boolean;
}

/**
 * The authority's own money in the contract, and what claims against an allotter may take of it.
 */
export interface BondAtBlock {
  readonly amount: Amount;
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  readonly budget: Amount;
  readonly spent: Amount;
}

export function createChainReads({
  client,
  facts,
  operator,
  reach,
}: {
  readonly client: PublicClient;
  readonly facts: ChainFacts;
  readonly operator: Address;
  readonly reach: Reach;
}): ChainReads {
  const floodgate = { address: facts.contract, abi: floodgateAbi } as const;
  const token = facts.token.address;
  return {
    readAccount: (account, block) => reach(() => readAccount(client, facts.contract, account, BigInt(block))),
    readSession: (account, sessionKey, block) =>
      reach(async () => {
        const { limit, spent, expiresAt, revoked } = await client.readContract({
          ...floodgate,
          functionName: "sessionOf",
          args: [account, sessionKey],
          blockNumber: BigInt(block),
        });
        return { limit, spent, expiresAt, isRevoked: revoked };
      }),
    readWithdrawalNonce: (account) =>
      reach(() => client.readContract({ ...floodgate, functionName: "nonces", args: [account] })),
    readBond: (allotter, block) =>
      reach(async () => {
        const at = { ...floodgate, blockNumber: BigInt(block) };
        const [bond, { bondBudget, bondSpent }] = await Promise.all([
          client.readContract({ ...at, functionName: "bond" }),
          client.readContract({ ...at, functionName: "allotterOf", args: [allotter] }),
        ]);
        return { ...bond, budget: bondBudget, spent: bondSpent };
      }),
    readEvents: (fromBlock, toBlock) =>
      reach(async () => {
        const range = { fromBlock: BigInt(fromBlock), toBlock: BigInt(toBlock) };
        return decodeEvents(facts.contract, await client.getLogs({ address: facts.contract, ...range }));
      }),
    readFeeBps: (block) =>
      reach(() =>
        client.readContract({
          ...floodgate,
          functionName: "feeBps",
          ...(block === undefined ? {} : { blockNumber: BigInt(block) }),
        }),
      ),
    isDepositUsed: (id, block) =>
      reach(() =>
        client.readContract({
          ...floodgate,
          functionName: "isDepositIdUsed",
          args: [operator, id],
          blockNumber: BigInt(block),
        }),
      ),
    readTreasury: (block) =>
      reach(() => readTokensOf(client, token, operator, block === undefined ? undefined : BigInt(block))),
    readAllowance: () => reach(() => readAllowance(client, token, operator, facts.contract)),
  };
}
