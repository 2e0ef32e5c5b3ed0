import type { Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Db } from "../database.ts";
import type { WithdrawalTable } from "../schema.ts";

export type StoredWithdrawal = Selectable<WithdrawalTable>;

/** A release that the authority has signed. */
export interface StoredRelease {
  readonly amount: Amount;
  readonly nonce: number;
  /** Last second in which the contract takes it. */
  readonly deadline: number;
}

export async function insertWithdrawal(db: Db, withdrawal: WithdrawalTable): Promise<void> {
  await db
    .insertInto("withdrawals")
    .values(withdrawal)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export function findWithdrawal(db: Db, id: string): Promise<StoredWithdrawal | undefined> {
  return db.selectFrom("withdrawals").selectAll().where("id", "=", id).executeTakeFirst();
}

/**
 * The request with these terms, made before a time: one that is not on the chain yet, or else the
 * one that waits.
 */
export function findRequested(
  db: Db,
  {
    account,
    recipient,
    amount,
    before,
  }: Pick<StoredWithdrawal, "account" | "recipient" | "amount"> & { readonly before: number },
): Promise<StoredWithdrawal | undefined> {
  return db
    .selectFrom("withdrawals")
    .selectAll()
    .where("account", "=", account)
    .where("recipient", "=", recipient)
    .where("amount", "=", amount)
    .where("createdAt", "<", before)
    .where("state", "in", ["requesting", "waiting"])
    .orderBy("state")
    .orderBy("createdAt")
    .limit(1)
    .executeTakeFirst();
}

export async function setWithdrawal(
  db: Db,
  id: string,
  change: Partial<Pick<StoredWithdrawal, "state" | "withdrawableAt" | "reason">>,
): Promise<void> {
  await db.updateTable("withdrawals").set(change).where("id", "=", id).execute();
}

/** Ends the account's other waiting requests: a later one has taken their place. */
export async function replaceWithdrawals(db: Db, account: Address, exceptId: string): Promise<void> {
  await db
    .updateTable("withdrawals")
    .set({ state: "replaced", reason: "a later withdrawal request took its place" })
    .where("account", "=", account)
    .where("state", "=", "waiting")
    .where("id", "!=", exceptId)
    .execute();
}

export function listDueWithdrawals(db: Db, now: number): Promise<StoredWithdrawal[]> {
  return db
    .selectFrom("withdrawals")
    .selectAll()
    .where("state", "=", "waiting")
    .where("withdrawableAt", "<=", now)
    .execute();
}

/** All releases that the authority ever signed for the account. */
export async function listReleases(db: Db, account: Address): Promise<StoredRelease[]> {
  const rows = await db
    .selectFrom("withdrawals")
    .select(["amount", "releaseNonce", "releaseDeadline"])
    .where("account", "=", account)
    .where("releaseNonce", "is not", null)
    .execute();
  return rows.map(({ amount, releaseNonce, releaseDeadline }) => ({
    amount: BigInt(amount),
    nonce: releaseNonce ?? 0,
    deadline: releaseDeadline ?? 0,
  }));
}
