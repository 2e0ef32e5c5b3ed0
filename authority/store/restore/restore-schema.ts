import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";

/** What a store knows of the time that it has lost, when it is older than what was done with it. */
export interface RestoreTables {
  heldBalances: HeldBalanceTable;
  lostBatches: LostBatchTable;
  lostRows: LostRowTable;
}

/** Money that allotments and releases may have promised that the store does not hold. */
interface HeldBalanceTable {
  account: Address;
  amount: string;
  /** Block at which the balance was read. */
  block: number;
  /** Seconds since 1970: by then all such promises have ended. */
  until: number;
}

/** Batches of the contract whose bundles the store does not hold. */
export interface LostBatchTable {
  /** The contract's. */
  number: number;
  bundleHash: Hex;
  block: number;
  total: string;
  fee: string;
  /** JSON: the rows that paid nothing. */
  skipped: string;
  /** Its calldata was read, and the rows counted. */
  isRead: number;
}

/** Rows of lost batches on lanes that the store does not hold. */
interface LostRowTable {
  payer: Address;
  lane: number;
  amount: string;
  fee: string;
  block: number;
}

/** The migration after which a store knows that it was restored from a copy. */
export const RESTORES: readonly string[] = [
  "alter table network add column restores integer not null default 0",
  "alter table network add column isCopy integer not null default 0",
  "alter table network add column knownLostBatch integer not null default 0",
  "alter table network add column lostBundle text",
  "alter table network add column lostBundleAfter integer not null default 0",
  `create table heldBalances (account text primary key, amount text not null, block integer not null,
    until integer not null) strict, without rowid`,
  `create table lostBatches (number integer primary key, bundleHash text not null, block integer not null,
    total text not null, fee text not null, skipped text not null, isRead integer not null) strict`,
  `create table lostRows (payer text not null, lane integer not null, amount text not null, fee text not null,
    block integer not null, primary key (payer, lane)) strict, without rowid`,
];
