import { COMPLAINERS_TO_BASE, COMPLAINERS_TO_PIECE, COMPLAINT_SEC } from "../../protocol/base/constants.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { countUnrelated } from "../complaints/unrelated.ts";
import type { Db } from "../store/database.ts";
import { listComplainers } from "../store/tables/complaints.ts";
import { listCustomers, listSettledPairs } from "../store/tables/settled-sums.ts";
import type { PayerRecord } from "./credit.ts";
import { netOf, trackRecordOf } from "./track-record.ts";

/** More complaints than this change nothing. */
const MAX_COMPLAINERS = 4 * COMPLAINERS_TO_PIECE;
/** Enough customers of each complaining payee that each can have one of its own. */
const MAX_CUSTOMERS = 2 * MAX_COMPLAINERS;

/**
 * What the authority knows of an account as payer. A complaint counts when the payer had settled to
 * the complaining payee before, and has not got all of it back (docs/protocol.md 4.13).
 */
export async function readPayerRecord(db: Db, payer: Address, now: number): Promise<PayerRecord> {
  const pairs = await listSettledPairs(db, payer);
  const paid = new Set(pairs.filter((pair) => netOf(pair) > 0n).map(({ payee }) => payee));
  const all = await listComplainers(db, payer, now - COMPLAINT_SEC);
  const counted = all.filter((account) => paid.has(account)).slice(0, MAX_COMPLAINERS);
  return {
    trackRecord: trackRecordOf(pairs),
    // Most payers are spared the queries.
    unrelatedComplainers: counted.length < COMPLAINERS_TO_BASE ? 0 : await countOf(db, payer, counted),
  };
}

async function countOf(db: Db, payer: Address, accounts: readonly Address[]): Promise<number> {
  const complainers = [];
  for (const account of accounts)
    complainers.push({ account, customers: await listCustomers(db, account, MAX_CUSTOMERS) });
  return countUnrelated(payer, complainers);
}
