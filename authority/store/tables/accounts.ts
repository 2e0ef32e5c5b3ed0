import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";

/** Outstanding login nonces: bounds what a flood of requests can store. */
const MAX_NONCES = 10_000;

/** False when too many nonces are outstanding. */
export async function insertNonce(db: Db, nonce: string, expiresAt: number, now: number): Promise<boolean> {
  await db.deleteFrom("nonces").where("expiresAt", "<=", now).execute();
  const { count } = await db
    .selectFrom("nonces")
    .select((expression) => expression.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  if (count >= MAX_NONCES) return false;
  await db.insertInto("nonces").values({ nonce, expiresAt }).execute();
  return true;
}

/** True for one caller, once. */
export async function takeNonce(db: Db, nonce: string, now: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("nonces")
    .where("nonce", "=", nonce)
    .where("expiresAt", ">", now)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}

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
    db.selectFrom("accounts").select("account").where("isLeaving", "=", 1).execute(),
    db
      .selectFrom("withdrawals")
      .select("account")
      .where("state", "in", ["requesting", "waiting", "releasing"])
      .execute(),
  ]);
  return new Set([...observed, ...asked].map(({ account }) => account));
}
