import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Db } from "../database.ts";

/** What batches have settled between a payer and one payee, gross, base units. */
export interface SettledPair {
  readonly payee: Address;
  readonly amount: Amount;
  /** From the payee to the payer. */
  readonly back: Amount;
}

/**
 * Adds what a batch has paid from payer to payee. Claims do not count: the bond may have paid them.
 */
export async function addSettled(db: Db, payer: Address, payee: Address, amount: Amount): Promise<void> {
  const known = await db
    .selectFrom("settledSums")
    .select("amount")
    .where("payer", "=", payer)
    .where("payee", "=", payee)
    .executeTakeFirst();
  const sum = (BigInt(known?.amount ?? 0) + amount).toString();
  await db
    .insertInto("settledSums")
    .values({ payer, payee, amount: sum })
    .onConflict((conflict) => conflict.columns(["payer", "payee"]).doUpdateSet({ amount: sum }))
    .execute();
}

/** What one payer has settled with each of its payees. */
export async function listSettledPairs(db: Db, payer: Address): Promise<SettledPair[]> {
  const rows = await db
    .selectFrom("settledSums as paid")
    .leftJoin("settledSums as back", (join) =>
      join.onRef("back.payer", "=", "paid.payee").onRef("back.payee", "=", "paid.payer"),
    )
    .select(["paid.payee", "paid.amount", "back.amount as back"])
    .where("paid.payer", "=", payer)
    .execute();
  return rows.map(({ payee, amount, back }) => ({ payee, amount: BigInt(amount), back: BigInt(back ?? 0) }));
}

/** Accounts that have settled to this payee, at most `limit` of them. */
export async function listCustomers(db: Db, payee: Address, limit: number): Promise<Address[]> {
  const rows = await db
    .selectFrom("settledSums")
    .select("payer")
    .where("payee", "=", payee)
    .orderBy("payer")
    .limit(limit)
    .execute();
  return rows.map(({ payer }) => payer);
}
