import { type Insertable, type Selectable, sql } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import { SKIPPED_LANES } from "../restore/restores.ts";
import type { RelayTable, RevocationTable, SessionTable } from "../session-schema.ts";

/**
 * Registers the account and the session at first sight. Returns the account to which the session
 * key belongs.
 */
export async function insertSession(
  db: Db,
  session: Pick<SessionTable, "account" | "sessionKey" | "publicKey" | "createdAt">,
): Promise<Address> {
  await db
    .insertInto("accounts")
    .values({
      account: session.account,
      // A restored store may have lost an account with lanes.
      nextLane: sql<number>`(select 1 + ${SKIPPED_LANES} * restores from network)`,
      createdAt: session.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .insertInto("sessions")
    .values({ ...session, loginAt: session.createdAt })
    .onConflict((conflict) => conflict.column("sessionKey").doUpdateSet({ loginAt: session.createdAt }))
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

export async function insertRelay(db: Db, relay: Insertable<RelayTable>): Promise<void> {
  await db
    .insertInto("relays")
    .values(relay)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The newest authorization that the authority was asked to relay for a session. */
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

export function findRelayOf(db: Db, actionId: string): Promise<Selectable<RelayTable> | undefined> {
  return db.selectFrom("relays").selectAll().where("actionId", "=", actionId).executeTakeFirst();
}

/** What became of the transaction that relays it. */
export async function endRelay(db: Db, actionId: string, state: "relayed" | "failed"): Promise<void> {
  await db.updateTable("relays").set({ state }).where("actionId", "=", actionId).execute();
}

/** Those whose tokens have not all expired. */
export function listRevocations(db: Db, now: number): Promise<RevocationTable[]> {
  return db.selectFrom("revocations").selectAll().where("expiresAt", ">", now).execute();
}

/** Replaces an earlier one of the same session, and forgets those that have no tokens left. */
export async function insertRevocation(db: Db, revocation: RevocationTable, now: number): Promise<void> {
  await db.deleteFrom("revocations").where("expiresAt", "<=", now).execute();
  await db
    .insertInto("revocations")
    .values(revocation)
    .onConflict((conflict) => conflict.column("sessionKey").doUpdateSet(revocation))
    .execute();
}
