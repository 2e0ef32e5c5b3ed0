import type { Address, InfoHash, PublicKey } from "../../../protocol/base/ids.ts";
import type { Db } from "../database.ts";
import { query } from "../raw-query.ts";
import { NEW_COLUMNS, type StoredLane } from "../tables/lanes.ts";
import type { ReservedQuery } from "../tables/reserved-lanes.ts";

/** What many announces need of the store, each kind in one query. */

/** One session on one content. */
export interface Buyer {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly infoHash: InfoHash;
}

const COLUMNS = [...NEW_COLUMNS, "amount", "isFinal", "state", "paid", "paidAtBlock"] as const;

/** A lane, as far as allotting asks. */
export type PlanLane = Pick<StoredLane, (typeof COLUMNS)[number]>;

const SELECTED = COLUMNS.map((column) => `lanes.${column}`).join(", ");
/** The loops go from the list to the lanes, each by an index. */
const OF_PAYER = "json_each(?) as one cross join lanes where lanes.payer = one.value";

/** Lanes of these payers that may reserve money (reserved-lanes.ts), and all of these buyers. */
export function listLanesOfMany(
  db: Db,
  payers: readonly Address[],
  { expiresAfter, block }: ReservedQuery,
  buyers: readonly Buyer[],
): Promise<PlanLane[]> {
  const accounts = JSON.stringify(payers);
  return query(
    db,
    `select ${SELECTED} from lanes where sequence in (
      select sequence from ${OF_PAYER} and lanes.expiresAt > ?
      union select sequence from ${OF_PAYER} and lanes.state in ('open', 'settling') and lanes.amount != '0'
      union select sequence from ${OF_PAYER} and lanes.paidAtBlock > ?
      union select sequence from json_each(?) as one cross join lanes
        where lanes.sessionKey = one.value ->> 0 and lanes.infoHash = one.value ->> 1
    ) order by payer, lane`,
    accounts,
    expiresAfter,
    accounts,
    accounts,
    block,
    namesOf(buyers),
  );
}

/** Lanes of these buyers that have not ended, ascending. */
export function listLiveLanes(db: Db, buyers: readonly Buyer[], now: number): Promise<PlanLane[]> {
  return query(
    db,
    `select ${SELECTED} from json_each(?) as one cross join lanes
      where lanes.sessionKey = one.value ->> 0 and lanes.infoHash = one.value ->> 1 and lanes.expiresAt > ?
      order by lanes.payer, lanes.lane`,
    namesOf(buyers),
    now,
  );
}

export interface PayerFacts {
  readonly account: Address;
  readonly nextLane: number;
  /** 1: there is something of the kind. Most payers are spared the queries. */
  readonly hasHeld: number;
  readonly hasReleases: number;
  readonly hasRecord: number;
}

export function listPayerFacts(db: Db, payers: readonly Address[]): Promise<PayerFacts[]> {
  return query(
    db,
    `select account, nextLane,
      exists (select 1 from heldBalances where heldBalances.account = one.value) as hasHeld,
      exists (select 1 from withdrawals where withdrawals.account = one.value and releaseNonce is not null) as hasReleases,
      exists (select 1 from settledSums where payer = one.value)
        or exists (select 1 from complaints where payer = one.value) as hasRecord
      from json_each(?) as one cross join accounts where accounts.account = one.value`,
    JSON.stringify(payers),
  );
}

export interface Device {
  readonly sessionKey: Address;
  readonly account: Address;
  readonly publicKey: PublicKey;
}

export function listDevices(db: Db, sessionKeys: readonly Address[]): Promise<Device[]> {
  return query(
    db,
    `select sessions.sessionKey, account, publicKey from json_each(?) as one cross join sessions
      where sessions.sessionKey = one.value`,
    JSON.stringify(sessionKeys),
  );
}

/** Keys of the payer's sessions whose lanes may reserve money. */
export async function listReservingKeys(
  db: Db,
  payer: Address,
  { expiresAfter, block }: ReservedQuery,
): Promise<Address[]> {
  const rows = await query<{ sessionKey: Address }>(
    db,
    `select sessionKey from lanes where payer = ? and expiresAt > ?
      union select sessionKey from lanes where payer = ? and state in ('open', 'settling') and amount != '0'
      union select sessionKey from lanes where payer = ? and paidAtBlock > ?`,
    payer,
    expiresAfter,
    payer,
    payer,
    block,
  );
  return rows.map(({ sessionKey }) => sessionKey);
}

function namesOf(buyers: readonly Buyer[]): string {
  return JSON.stringify(buyers.map(({ sessionKey, infoHash }) => [sessionKey, infoHash]));
}
