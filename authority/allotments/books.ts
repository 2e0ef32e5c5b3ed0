import type { Address } from "../../protocol/base/ids.ts";
import type { Db } from "../store/database.ts";
import { type HeldBalance, readHeldBalance } from "../store/restore/restores.ts";
import type { ReservedQuery } from "../store/tables/reserved-lanes.ts";
import { listReleases, type StoredRelease } from "../store/tables/withdrawals.ts";
import { type Buyer, listLanesOfMany, listPayerFacts, type PayerFacts, type PlanLane } from "../store/views/payers.ts";
import type { PayerRecord } from "./credit.ts";
import { readPayerRecord } from "./payer-record.ts";

/** What the store knows of one payer. Lanes that are planned are added to it. */
export interface PayerBook {
  /** Those that may reserve money, and all of the buyers, ascending. */
  readonly lanes: PlanLane[];
  nextLane: number;
  readonly releases: readonly StoredRelease[];
  readonly held: HeldBalance | null;
  readonly record: PayerRecord;
}

export interface BookQuery extends ReservedQuery {
  /** Time of the confirmed block. */
  readonly time: number;
  /** By the authority's clock. */
  readonly now: number;
}

const NO_RECORD: PayerRecord = { trackRecord: 0n, unrelatedComplainers: 0 };

/** The books of the buyers' accounts, all read in one transaction. */
export async function readBooks(db: Db, buyers: readonly Buyer[], at: BookQuery): Promise<Map<Address, PayerBook>> {
  const payers = [...new Set(buyers.map(({ account }) => account))];
  const lanes = Map.groupBy(await listLanesOfMany(db, payers, at, buyers), ({ payer }) => payer);
  const books = new Map<Address, PayerBook>();
  for (const facts of await listPayerFacts(db, payers))
    books.set(facts.account, await readBook(db, facts, lanes.get(facts.account) ?? [], at));
  return books;
}

async function readBook(db: Db, facts: PayerFacts, lanes: PlanLane[], at: BookQuery): Promise<PayerBook> {
  const { account, nextLane } = facts;
  return {
    lanes,
    nextLane,
    releases: facts.hasReleases ? await listReleases(db, account) : [],
    held: facts.hasHeld ? await readHeldBalance(db, account, at.time) : null,
    record: facts.hasRecord ? await readPayerRecord(db, account, at.now) : NO_RECORD,
  };
}
