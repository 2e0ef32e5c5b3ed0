import { type Selectable, sql } from "kysely";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import { query } from "../raw-query.ts";
import type { SponsorshipTable, TicketTable } from "./sponsor-schema.ts";

export type StoredSponsorship = Selectable<SponsorshipTable>;

export function findSponsorship(db: Db, account: Address): Promise<StoredSponsorship | undefined> {
  return db.selectFrom("sponsorships").selectAll().where("account", "=", account).executeTakeFirst();
}

/** Sponsorships of one content that one question looks at. */
const MAX_ASKED = 20;

/**
 * Those of a content that still give tickets at `now`: any, where there are many, so that nobody
 * hides the others by making some that give nothing.
 */
export function listOpenSponsorships(db: Db, infoHash: InfoHash, now: number): Promise<StoredSponsorship[]> {
  return db
    .selectFrom("sponsorships")
    .selectAll()
    .where("infoHash", "=", infoHash)
    .where("isOpen", "=", 1)
    .where("expiresAt", ">", now)
    .orderBy(sql`random()`)
    .limit(MAX_ASKED)
    .execute();
}

/** Which of these contents have a sponsorship that gives tickets at `now`. */
export async function listSponsored(db: Db, infoHashes: readonly InfoHash[], now: number): Promise<Set<InfoHash>> {
  const rows = await query<{ infoHash: InfoHash }>(
    db,
    `select infoHash from json_each(?) as one cross join sponsorships on infoHash = one.value
      where isOpen = 1 and expiresAt > ?
      and exists (select 1 from tickets where tickets.account = sponsorships.account and givenAt is null)`,
    JSON.stringify(infoHashes),
    now,
  );
  return new Set(rows.map(({ infoHash }) => infoHash));
}

export type NewTicket = Omit<Selectable<TicketTable>, "secret" | "network" | "givenAt">;

/** Stores a sponsorship with tickets in place of all that nobody has. */
export async function saveSponsorship(
  db: Db,
  sponsorship: StoredSponsorship,
  tickets: readonly NewTicket[],
): Promise<void> {
  const { account } = sponsorship;
  await db
    .insertInto("sponsorships")
    .values(sponsorship)
    .onConflict((conflict) => conflict.column("account").doUpdateSet(sponsorship))
    .execute();
  await db.deleteFrom("tickets").where("account", "=", account).where("givenAt", "is", null).execute();
  const rows = tickets.map((one) => [one.sessionKey, one.privateKey, one.signature, one.limit, one.expiresAt]);
  // A key that somebody has is not given out again.
  await sql`insert into tickets (sessionKey, account, privateKey, signature, "limit", expiresAt)
    select value ->> 0, ${account}, value ->> 1, value ->> 2, value ->> 3, value ->> 4
    from json_each(${JSON.stringify(rows)}) where true on conflict do nothing`.execute(db);
}

/** Of all sponsors: no ticket is given any more, and those that there are get no lanes. */
export async function endSponsorships(db: Db, infoHash: InfoHash): Promise<void> {
  await db.updateTable("sponsorships").set({ isOpen: 0 }).where("infoHash", "=", infoHash).execute();
}

export interface TicketCounts {
  readonly given: number;
  readonly unused: number;
}

export async function countTickets(db: Db, account: Address): Promise<TicketCounts> {
  const [counts] = await query<TicketCounts>(
    db,
    "select count(givenAt) as given, count(*) - count(givenAt) as unused from tickets where account = ?",
    account,
  );
  return counts as TicketCounts;
}
