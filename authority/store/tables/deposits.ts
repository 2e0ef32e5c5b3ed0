import type { Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { CardChargeTable, DepositTable } from "../schema.ts";

export type Deposit = Selectable<DepositTable>;

/**
 * Inserts the deposit unless its account has used the idempotency key; returns the one that is
 * stored.
 */
export async function insertDeposit(db: Db, deposit: DepositTable): Promise<Deposit> {
  await db
    .insertInto("deposits")
    .values(deposit)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db
    .selectFrom("deposits")
    .selectAll()
    .where("account", "=", deposit.account)
    .where("idempotencyKey", "=", deposit.idempotencyKey)
    .executeTakeFirstOrThrow();
}

export function findDeposit(db: Db, account: Address, id: string): Promise<Deposit | undefined> {
  return db.selectFrom("deposits").selectAll().where("id", "=", id).where("account", "=", account).executeTakeFirst();
}

export function listChargingDeposits(db: Db): Promise<Deposit[]> {
  return db.selectFrom("deposits").selectAll().where("state", "=", "charging").execute();
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
  end: { readonly state: "credited" | "failed"; readonly reason: string | null },
): Promise<void> {
  await db.updateTable("deposits").set(end).where("id", "=", id).where("state", "=", "charged").execute();
}

/** Writes the charge unless its key is known; returns the one that is stored. */
export async function insertCardCharge(db: Db, charge: CardChargeTable): Promise<CardChargeTable> {
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

export function findCardCharge(db: Db, idempotencyKey: string): Promise<CardChargeTable | undefined> {
  return db.selectFrom("cardCharges").selectAll().where("idempotencyKey", "=", idempotencyKey).executeTakeFirst();
}
