import type { PublicClient } from "viem";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { readAllowance, readTokensOf } from "../../protocol/contract/reads.ts";
import type { ChainFacts } from "./facts.ts";
import { readIsOwner } from "./owner.ts";
import { createPermitReader, type Permit } from "./permit.ts";
import type { Reach } from "./reach.ts";
import { readBatch } from "./read-batch.ts";

/** What the authority reads of its token. The contract is mirrored. */
export interface ChainReads {
  /**
   * Base units of the token from which the authority can still fund accounts; at this block, or at
   * the newest.
   */
  readTreasury(block?: number): Promise<Amount>;
  /** Base units that the contract may take of them, as of the newest block. */
  readAllowance(): Promise<Amount>;
  /**
   * The batch that the contract has settled with this number in this block, as bytes; null if no
   * node has its transaction any more.
   */
  readBatch(number: number, block: number): Promise<Hex | null>;
  /** Whether this wallet owns the contract, or may propose to its timelock, newest block. */
  readIsOwner(wallet: Address): Promise<boolean>;
  /** What this owner needs for a permit, as of the newest block; null: the token has none. */
  readPermit(owner: Address): Promise<Permit | null>;
}

export function createChainReads({
  client,
  facts,
  operator,
  reach,
}: {
  readonly client: PublicClient;
  readonly facts: ChainFacts;
  readonly operator: () => Address;
  readonly reach: Reach;
}): ChainReads {
  const token = facts.token.address;
  const readPermit = createPermitReader(client, { chainId: facts.chainId, token });
  return {
    readTreasury: (block) =>
      reach(() => readTokensOf(client, token, operator(), block === undefined ? undefined : BigInt(block))),
    readBatch: (number, block) => reach(() => readBatch(client, facts.contract, { number, block })),
    readIsOwner: (wallet) => reach(() => readIsOwner(client, facts.contract, wallet)),
    readPermit: (owner) => reach(() => readPermit(owner)),
    readAllowance: () => reach(() => readAllowance(client, token, operator(), facts.contract)),
  };
}
