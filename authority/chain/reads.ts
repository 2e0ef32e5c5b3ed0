import type { PublicClient } from "viem";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { readAllowance, readTokensOf } from "../../protocol/contract/reads.ts";
import type { ChainFacts } from "./facts.ts";
import type { Reach } from "./reach.ts";

/** What the authority reads of its token. The contract is mirrored. */
export interface ChainReads {
  /**
   * Base units of the token from which the authority can still fund accounts; at this block, or at
   * the newest.
   */
  readTreasury(block?: number): Promise<Amount>;
  /** Base units that the contract may take of them, as of the newest block. */
  readAllowance(): Promise<Amount>;
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
  const token = facts.token.address;
  return {
    readTreasury: (block) =>
      reach(() => readTokensOf(client, token, operator, block === undefined ? undefined : BigInt(block))),
    readAllowance: () => reach(() => readAllowance(client, token, operator, facts.contract)),
  };
}
