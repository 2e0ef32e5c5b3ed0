import type { Call } from "./calls.ts";
import type { ChainEvent } from "./events.ts";
import type { Address, Hex } from "./primitives.ts";

/**
 * What the chain says, decoded and in order. The replay knows nothing else. Addresses are
 * checksummed (EIP-55), amounts are base units, times are seconds since 1970.
 */

export interface TokenTransfer {
  readonly from: Address;
  readonly to: Address;
  readonly amount: bigint;
}

/** One transaction that left events of the contract, or moved its tokens. */
export interface TransactionFacts {
  readonly hash: Hex;
  readonly block: number;
  readonly time: number;
  /** Sent straight to the contract: no other contract has come between. */
  readonly isDirect: boolean;
  /** In log order. */
  readonly events: readonly ChainEvent[];
  /** The token's transfers from and to the contract. */
  readonly transfers: readonly TokenTransfer[];
  /**
   * In order of execution. Null: called through another contract, and the node offered no trace, or
   * unreadable.
   */
  readonly calls: readonly Call[] | null;
}

/** What the contract was made with and never changes. */
export interface Rules {
  readonly chainId: bigint;
  readonly contract: Address;
  /** Seconds. */
  readonly allotmentPeriod: number;
  /** Seconds. */
  readonly claimPeriod: number;
}
