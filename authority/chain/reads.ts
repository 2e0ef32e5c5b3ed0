import type { PublicClient } from "viem";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { type ContractAccount, readAccount, readAllowance, readTokensOf } from "../../protocol/contract/reads.ts";
import type { SessionAtBlock } from "../allotments/policy.ts";
import type { ChainFacts } from "./chain.ts";
import { decodeEvents, type ObservedEvent } from "./contract-events.ts";

/** What T reads of its contract and token. */
export interface ChainReads {
  readAccount(account: Address, block: number): Promise<ContractAccount>;
  readSession(account: Address, sessionKey: Address, block: number): Promise<SessionAtBlock>;
  readWithdrawalNonce(account: Address): Promise<bigint>;
  readBond(allotter: Address, block: number): Promise<BondAtBlock>;
  /** What others did to lanes and accounts in these blocks, both included, in order. */
  readEvents(fromBlock: number, toBlock: number): Promise<readonly ObservedEvent[]>;
  /** At this block, or now. */
  readFeeBps(block?: number): Promise<number>;
  /** Base units of the token that T can still fund accounts from. */
  readTreasury(): Promise<Amount>;
  readAllowance(): Promise<Amount>;
}

/** T's own money, and what an allotter may take of it. */
export interface BondAtBlock {
  readonly amount: Amount;
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  readonly budget: Amount;
  readonly spent: Amount;
}

/** `call` turns what the node does wrong into ChainError RPC_UNAVAILABLE. */
export function createChainReads({
  client,
  facts,
  operator,
  call,
}: {
  readonly client: PublicClient;
  readonly facts: ChainFacts;
  readonly operator: Address;
  readonly call: <T>(action: () => Promise<T>) => Promise<T>;
}): ChainReads {
  const floodgate = { address: facts.contract, abi: floodgateAbi } as const;
  const token = facts.token.address;
  return {
    readAccount: (account, block) => call(() => readAccount(client, facts.contract, account, BigInt(block))),
    readSession: (account, sessionKey, block) =>
      call(async () => {
        const { limit, spent, expiresAt, revoked } = await client.readContract({
          ...floodgate,
          functionName: "sessionOf",
          args: [account, sessionKey],
          blockNumber: BigInt(block),
        });
        return { limit, spent, expiresAt, isRevoked: revoked };
      }),
    readWithdrawalNonce: (account) =>
      call(() => client.readContract({ ...floodgate, functionName: "nonces", args: [account] })),
    readBond: (allotter, block) =>
      call(async () => {
        const at = { ...floodgate, blockNumber: BigInt(block) };
        const [bond, { bondBudget, bondSpent }] = await Promise.all([
          client.readContract({ ...at, functionName: "bond" }),
          client.readContract({ ...at, functionName: "allotterOf", args: [allotter] }),
        ]);
        return { ...bond, budget: bondBudget, spent: bondSpent };
      }),
    readEvents: (fromBlock, toBlock) =>
      call(async () => {
        const range = { fromBlock: BigInt(fromBlock), toBlock: BigInt(toBlock) };
        return decodeEvents(facts.contract, await client.getLogs({ address: facts.contract, ...range }));
      }),
    readFeeBps: (block) =>
      call(() =>
        client.readContract({
          ...floodgate,
          functionName: "feeBps",
          ...(block === undefined ? {} : { blockNumber: BigInt(block) }),
        }),
      ),
    readTreasury: () => call(() => readTokensOf(client, token, operator)),
    readAllowance: () => call(() => readAllowance(client, token, operator, facts.contract)),
  };
}
