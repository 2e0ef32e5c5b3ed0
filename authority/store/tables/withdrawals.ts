import type { Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { ReservedRelease } from "../../allotments/reservations.ts";
import type { Db } from "../database.ts";
import type { WithdrawalTable } from "../schema.ts";

export type StoredWithdrawal = Selectable<WithdrawalTable>;

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

export async function setWithdrawal(
  db: Db,
  id: string,
  change: Partial<Pick<StoredWithdrawal, "state" | "withdrawableAt" | "reason">>,
): Promise<void> {
  await db.updateTable("withdrawals").set(change).where("id", "=", id).execute();
}

/** A later request took the place of the account's others that wait. */
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

/** All that T ever signed for the account. */
export async function listReleases(db: Db, account: Address): Promise<ReservedRelease[]> {
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
