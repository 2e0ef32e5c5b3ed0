import type { Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import type { RelayTable, SessionTable } from "../schema.ts";

/** Outstanding login nonces; more than a flood of requests may keep. */
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

/** Registers the account and the session at first sight. Returns the account that owns the session key. */
export async function insertSession(
  db: Db,
  session: Pick<SessionTable, "account" | "sessionKey" | "publicKey" | "createdAt">,
): Promise<Address> {
  await db
    .insertInto("accounts")
    .values({ account: session.account, nextLane: 1, createdAt: session.createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .insertInto("sessions")
    .values({ ...session, host: null, port: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { account } = await db
    .selectFrom("sessions")
    .select("account")
    .where("sessionKey", "=", session.sessionKey)
    .executeTakeFirstOrThrow();
  return account;
}

export function findSessions(db: Db, sessionKeys: readonly Address[]): Promise<Selectable<SessionTable>[]> {
  if (sessionKeys.length === 0) return Promise.resolve([]);
  return db.selectFrom("sessions").selectAll().where("sessionKey", "in", sessionKeys).execute();
}

export async function setSessionHost(db: Db, sessionKey: Address, host: string, port: number): Promise<void> {
  await db
    .updateTable("sessions")
    .set({ host, port })
    .where("sessionKey", "=", sessionKey)
    .where((expression) => expression.or([expression("host", "is not", host), expression("port", "is not", port)]))
    .execute();
}

export async function insertRelay(db: Db, relay: RelayTable): Promise<void> {
  await db
    .insertInto("relays")
    .values(relay)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function countRelays(db: Db, account: Address, since: number): Promise<number> {
  const { count } = await db
    .selectFrom("relays")
    .select((expression) => expression.fn.countAll<number>().as("count"))
    .where("account", "=", account)
    .where("createdAt", ">", since)
    .executeTakeFirstOrThrow();
  return count;
}

/** The newest authorization that T was asked to relay for a session. */
export function findRelay(db: Db, account: Address, sessionKey: Address): Promise<Selectable<RelayTable> | undefined> {
  return db
    .selectFrom("relays")
    .selectAll()
    .where("account", "=", account)
    .where("sessionKey", "=", sessionKey)
    .orderBy("createdAt", "desc")
    .orderBy("expiresAt", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Accounts that T does not know change nothing. */
export async function setLeaving(db: Db, account: Address, isLeaving: boolean): Promise<void> {
  await db
    .updateTable("accounts")
    .set({ isLeaving: isLeaving ? 1 : 0 })
    .where("account", "=", account)
    .execute();
}

/** Accounts that have asked money back, on-chain or of T. */
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
