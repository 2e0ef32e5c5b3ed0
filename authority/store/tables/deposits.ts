import type { Insertable, Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Db } from "../database.ts";
import type { CardChargeTable, DepositTable } from "../schema.ts";

export type Deposit = Selectable<DepositTable>;
export type CardCharge = Selectable<CardChargeTable>;

export async function insertDeposit(db: Db, deposit: DepositTable): Promise<Deposit> {
  return await db.insertInto("deposits").values(deposit).returningAll().executeTakeFirstOrThrow();
}

export function findDepositByKey(db: Db, account: Address, idempotencyKey: string): Promise<Deposit | undefined> {
  return db
    .selectFrom("deposits")
    .selectAll()
    .where("account", "=", account)
    .where("idempotencyKey", "=", idempotencyKey)
    .executeTakeFirst();
}

/** `id`: its own, or the idempotency key that the account has chosen. */
export function findDeposit(db: Db, account: Address, id: string): Promise<Deposit | undefined> {
  return db
    .selectFrom("deposits")
    .selectAll()
    .where("account", "=", account)
    .where((where) => where.or([where("id", "=", id), where("idempotencyKey", "=", id)]))
    .executeTakeFirst();
}

export function listDepositsIn(db: Db, state: Deposit["state"]): Promise<Deposit[]> {
  return db.selectFrom("deposits").selectAll().where("state", "=", state).execute();
}

/** What was or may be charged, and is not yet credited or paid back: base units. */
export async function sumPromised(db: Db): Promise<Amount> {
  const rows = await db.selectFrom("deposits").select("amount").where("state", "in", ["charging", "charged"]).execute();
  return rows.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
}

/** Ends `charging`, once: true for the caller that did it. */
export async function endCharging(
  db: Db,
  id: string,
  state: "charged" | "declined" | "failed",
  reason: string | null,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("deposits")
    .set({ state, reason })
    .where("id", "=", id)
    .where("state", "=", "charging")
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** What became of the transaction that funds it. */
export async function endFunding(
  db: Db,
  id: string,
  end: { readonly state: "credited" | "refunding"; readonly reason: string | null },
): Promise<void> {
  await db.updateTable("deposits").set(end).where("id", "=", id).where("state", "=", "charged").execute();
}

export async function endRefund(db: Db, id: string): Promise<void> {
  await db
    .updateTable("deposits")
    .set({ state: "refunded" })
    .where("id", "=", id)
    .where("state", "=", "refunding")
    .execute();
}

/** Writes the charge unless its key is known; returns the one that is stored. */
export async function insertCardCharge(db: Db, charge: Insertable<CardChargeTable>): Promise<CardCharge> {
  await db
    .insertInto("cardCharges")
    .values(charge)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db
    .selectFrom("cardCharges")
    .selectAll()
    .where("idempotencyKey", "=", charge.idempotencyKey)
    .executeTakeFirstOrThrow();
}

export function findCardCharge(db: Db, idempotencyKey: string): Promise<CardCharge | undefined> {
  return db.selectFrom("cardCharges").selectAll().where("idempotencyKey", "=", idempotencyKey).executeTakeFirst();
}

export async function setRefund(db: Db, idempotencyKey: string, refund: "asked" | "refunded"): Promise<void> {
  await db.updateTable("cardCharges").set({ refund }).where("idempotencyKey", "=", idempotencyKey).execute();
}
