import type { Address, Hex } from "./primitives.ts";

/** What a batch has paid on a lane, before the fee. Base units. */
export interface BatchPayment {
  readonly batch: number;
  readonly payee: Address;
  readonly amount: bigint;
}

/** What claims know about a lane and a payee. */
export interface PaidRecord {
  /** All that the lane has paid this payee, batches included. */
  amount: bigint;
  /** This payee's claim used up the lane before any batch paid on it. */
  hasClosedLane: boolean;
}

/** A part of what a contract keeps of lanes and batches: read from the chain, or replayed. */
export interface LaneState {
  /** By `pairId(payer, lane)`: lanes that a batch or a claim has used. */
  readonly usedLanes: Set<string>;
  /** By `paidId(payer, lane, payee)`: what the contract keeps of claims. */
  readonly paid: Map<string, PaidRecord>;
  readonly outcomeHashes: Map<number, Hex>;
  /** By `pairId(payer, id)`: numbers of deposits that count once. */
  readonly depositIds: Set<string>;
}

/** Everything that grows with the history. Nothing else in a replay does. */
export interface LaneBook {
  isUsed(payer: Address, lane: number): boolean;
  /** A claim has used the lane. */
  use(payer: Address, lane: number, block: number): void;
  /** A batch has paid on the lane, and so used it. */
  setBatchPayment(payer: Address, lane: number, payment: BatchPayment, block: number): void;
  batchPayment(payer: Address, lane: number): BatchPayment | null;
  setPaid(payer: Address, lane: number, payee: Address, record: PaidRecord, block: number): void;
  paid(payer: Address, lane: number, payee: Address): PaidRecord | null;
  setOutcomeHash(batch: number, hash: Hex, block: number): void;
  outcomeHash(batch: number): Hex | null;
  /** `from` has made its deposit number `id`. */
  useDepositId(from: Address, id: Hex, block: number): void;
  isDepositIdUsed(from: Address, id: Hex): boolean;
  /** All that has changed in this block or a later one, in parts of bounded size. */
  changedSince(block: number): Iterable<LaneState>;
}

export function emptyLaneState(): LaneState {
  return { usedLanes: new Set(), paid: new Map(), outcomeHashes: new Map(), depositIds: new Set() };
}

export function pairId(account: Address, keyLaneOrId: Address | Hex | number): string {
  return `${account}/${keyLaneOrId}`;
}

export function paidId(payer: Address, lane: number, payee: Address): string {
  return `${payer}/${lane}/${payee}`;
}
