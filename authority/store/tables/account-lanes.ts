import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { StoredLane } from "./lanes.ts";

/** The account's lanes, newest first, from below `before`. */
export function listLanesOfAccount(db: Db, account: Address, before: number, limit: number): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where((expression) => expression.or([expression("payer", "=", account), expression("payee", "=", account)]))
    .where("sequence", "<", before)
    .orderBy("sequence", "desc")
    .limit(limit)
    .execute();
}

/** Amounts of all lanes on which the account was paid, pays, or will be paid. */
export function listAmountsOfAccount(
  db: Db,
  account: Address,
): Promise<Pick<StoredLane, "payer" | "state" | "amount" | "paid" | "fee">[]> {
  return db
    .selectFrom("lanes")
    .select(["payer", "state", "amount", "paid", "fee"])
    .where((expression) => expression.or([expression("payer", "=", account), expression("payee", "=", account)]))
    .where("amount", "!=", "0")
    .execute();
}
