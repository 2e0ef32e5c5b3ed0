import type { Address } from "../../../protocol/base/ids.ts";

/** What is left of an account's lanes that the store no longer holds, base units. */
export interface PastSumTable {
  account: Address;
  /** As payee, net of fees. */
  earned: string;
  fees: string;
  /** As payer. */
  paid: string;
}

/**
 * The migration after which what has ended is forgotten in time. It also has the mirror follow the
 * contract once more from the start: its records tell more of keys since.
 */
export const RETENTION: readonly string[] = [
  `create table pastSums (account text primary key, earned text not null, fees text not null,
    paid text not null) strict, without rowid`,
  "alter table sessions add column loginAt integer not null default 0",
  "update sessions set loginAt = createdAt",
  "create index sessionsByLogin on sessions (loginAt)",
  "delete from mirror",
  "delete from mirrorBlocks",
  "delete from undo where tableName = 'mirror'",
];
