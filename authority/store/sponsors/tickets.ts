import type { Selectable } from "kysely";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import { query } from "../raw-query.ts";
import type { StoredLane } from "../tables/lanes.ts";
import type { TicketTable } from "./sponsor-schema.ts";

export type StoredTicket = Selectable<TicketTable>;

/** One that somebody has got. */
export type GivenTicket = StoredTicket & { readonly givenAt: number; readonly network: string };

export function findTicketBySecret(db: Db, secret: Hex): Promise<GivenTicket | undefined> {
  return db.selectFrom("tickets").selectAll().where("secret", "=", secret).executeTakeFirst() as Promise<
    GivenTicket | undefined
  >;
}

export async function isTicket(db: Db, sessionKey: Address): Promise<boolean> {
  const found = await db
    .selectFrom("tickets")
    .select("sessionKey")
    .where("sessionKey", "=", sessionKey)
    .executeTakeFirst();
  return found !== undefined;
}

/** Tickets of an account that somebody has got after `since`. */
export function listGivenTickets(db: Db, account: Address, since: number): Promise<GivenTicket[]> {
  return db
    .selectFrom("tickets")
    .selectAll()
    .where("account", "=", account)
    .where("givenAt", ">", since)
    .execute() as Promise<GivenTicket[]>;
}

export function findUnusedTicket(db: Db, account: Address): Promise<StoredTicket | undefined> {
  return db
    .selectFrom("tickets")
    .selectAll()
    .where("account", "=", account)
    .where("givenAt", "is", null)
    .limit(1)
    .executeTakeFirst();
}

export async function markTicketGiven(
  db: Db,
  sessionKey: Address,
  given: { readonly secret: Hex; readonly network: string; readonly givenAt: number },
): Promise<void> {
  await db.updateTable("tickets").set(given).where("sessionKey", "=", sessionKey).execute();
}

/**
 * A restored store cannot know whose its unused tickets are by now: nobody else gets them, and they
 * end as if they were given at `now`.
 */
export async function withdrawUnusedTickets(db: Db, now: number): Promise<void> {
  await db.updateTable("tickets").set({ givenAt: now, network: "" }).where("givenAt", "is", null).execute();
}

/** Tickets that have ended before `before`, and those that nobody took until then. */
export async function forgetTickets(db: Db, before: number): Promise<void> {
  await db
    .deleteFrom("tickets")
    .where(({ eb, or }) =>
      or([eb("givenAt", "<", before), eb.and([eb("givenAt", "is", null), eb("expiresAt", "<", before)])]),
    )
    .execute();
}

/** What of tickets decides on their lanes. */
export interface TicketTerms {
  readonly sessionKey: Address;
  readonly infoHash: InfoHash;
  readonly isOpen: number;
  readonly givenAt: number | null;
}

export function listTicketTerms(db: Db, sessionKeys: readonly Address[]): Promise<TicketTerms[]> {
  return query(
    db,
    `select sessionKey, infoHash, isOpen, givenAt from json_each(?) as one
      cross join tickets on tickets.sessionKey = one.value
      join sponsorships on sponsorships.account = tickets.account`,
    JSON.stringify(sessionKeys),
  );
}

/** All lanes of these sessions on this content, as far as money goes. */
export function listTicketLanes(
  db: Db,
  sessionKeys: readonly Address[],
  infoHash: InfoHash,
): Promise<Pick<StoredLane, "sessionKey" | "cap" | "amount" | "paid" | "paidAtBlock" | "expiresAt" | "state">[]> {
  return query(
    db,
    `select sessionKey, cap, amount, paid, paidAtBlock, expiresAt, state from json_each(?) as one
      cross join lanes where lanes.sessionKey = one.value and lanes.infoHash = ?`,
    JSON.stringify(sessionKeys),
    infoHash,
  );
}
