import { sql } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";

/** An account that is not registered changes nothing. */
export async function setLeaving(db: Db, account: Address, isLeaving: boolean): Promise<void> {
  await db
    .updateTable("accounts")
    .set({ isLeaving: isLeaving ? 1 : 0 })
    .where("account", "=", account)
    .execute();
}

/** Accounts that have asked money back, on-chain or through the authority. */
export async function listLeaving(db: Db): Promise<ReadonlySet<Address>> {
  const [observed, asked] = await Promise.all([
    db.selectFrom("accounts").select("account").where("isLeaving", "=", sql.lit(1)).execute(),
    db
      .selectFrom("withdrawals")
      .select("account")
      .where("state", "in", ["requesting", "waiting", "releasing"])
      .execute(),
  ]);
  return new Set([...observed, ...asked].map(({ account }) => account));
}
