import type { Call } from "./calls.ts";
import type { ChainEvent } from "./events.ts";

/**
 * What the chain says, decoded and in order: the only thing that the replay knows. Addresses are checksummed (EIP-55),
 * amounts base units, times seconds since 1970.
 */

export type Address = string;
export type Hex = string;

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
  /** In log order. */
  readonly events: readonly ChainEvent[];
  /** The token's transfers from and to the contract. */
  readonly transfers: readonly TokenTransfer[];
  /** In order of execution; null when the contract was called through another one and no trace was to be had. */
  readonly calls: readonly Call[] | null;
}

/** What the contract was made with and never changes. */
export interface Rules {
  readonly chainId: bigint;
  readonly contract: Address;
  /** A, seconds. */
  readonly allotmentPeriod: number;
  /** CW, seconds. */
  readonly claimPeriod: number;
}
