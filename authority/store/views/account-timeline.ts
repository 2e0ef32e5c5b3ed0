import type { Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { SessionTable } from "../session-schema.ts";
import type { BatchWithTransaction } from "../tables/batches.ts";
import type { StoredTransaction } from "../tables/transactions.ts";
import type { StoredWithdrawal } from "../tables/withdrawals.ts";

/** The account's withdrawals, newest first, behind the first `offset`. */
export function listWithdrawalsOf(
  db: Db,
  account: Address,
  offset: number,
  limit: number,
): Promise<StoredWithdrawal[]> {
  return db
    .selectFrom("withdrawals")
    .selectAll()
    .where("account", "=", account)
    .orderBy("createdAt", "desc")
    .orderBy("id")
    .limit(limit)
    .offset(offset)
    .execute();
}

/** The newest session keys that have logged in to the account. */
export function listSessionsOf(db: Db, account: Address, limit: number): Promise<Selectable<SessionTable>[]> {
  return db
    .selectFrom("sessions")
    .selectAll()
    .where("account", "=", account)
    .orderBy("createdAt", "desc")
    .orderBy("sessionKey")
    .limit(limit)
    .execute();
}

/** These batches, by their ids, with their transactions. */
export async function findBatches(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, BatchWithTransaction>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("batches")
    .innerJoin("transactions", "transactions.actionId", "batches.actionId")
    .selectAll("batches")
    .select(["transactions.state", "transactions.hash", "transactions.gasUsed"])
    .where("batches.id", "in", ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Transactions of these claims, by the claims' ids. */
export async function findClaimTransactions(
  db: Db,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Pick<StoredTransaction, "state" | "hash">>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("claims")
    .innerJoin("transactions", "transactions.actionId", "claims.actionId")
    .select(["claims.id", "transactions.state", "transactions.hash"])
    .where("claims.id", "in", ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}
