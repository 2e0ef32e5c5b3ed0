import type { Insertable, Selectable } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Db } from "../database.ts";
import type { LaneTable } from "../schema.ts";

export type StoredLane = Selectable<LaneTable>;

/** The next lane number of this payer. */
export async function nextLane(db: Db, payer: Address): Promise<number> {
  const row = await db.selectFrom("accounts").select("nextLane").where("account", "=", payer).executeTakeFirstOrThrow();
  return row.nextLane;
}

/** Writes new lanes of one payer and moves its lane number behind them. */
export async function insertLanes(db: Db, payer: Address, lanes: readonly Insertable<LaneTable>[]): Promise<void> {
  if (lanes.length === 0) return;
  await db.insertInto("lanes").values(lanes).execute();
  const next = Math.max(...lanes.map((lane) => lane.lane)) + 1;
  await db.updateTable("accounts").set({ nextLane: next }).where("account", "=", payer).execute();
}

export function findLane(db: Db, payer: Address, lane: number): Promise<StoredLane | undefined> {
  return db.selectFrom("lanes").selectAll().where("payer", "=", payer).where("lane", "=", lane).executeTakeFirst();
}

export async function setLane(
  db: Db,
  lane: Pick<StoredLane, "sequence">,
  change: Partial<
    Pick<
      StoredLane,
      | "amount"
      | "voucherSignature"
      | "receivedAt"
      | "isFinal"
      | "finishedAt"
      | "statementId"
      | "isVoucherOnly"
      | "state"
      | "batchId"
      | "batchRow"
      | "claimId"
      | "paid"
      | "fee"
      | "paidAtBlock"
      | "reason"
    >
  >,
): Promise<void> {
  await db.updateTable("lanes").set(change).where("sequence", "=", lane.sequence).execute();
}

/** Open lanes with a voucher, of all payers and payees. */
export function listOpenLanes(db: Db): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("state", "=", "open")
    .where("amount", "!=", "0")
    .orderBy("sequence")
    .execute();
}

/** Lanes that only a claim can pay and for which the authority has no claim under way. */
export function listLanesToClaim(db: Db): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("state", "=", "claiming")
    .where("claimId", "is", null)
    .orderBy("sequence")
    .execute();
}

export function listLanesOfClaim(db: Db, claimId: number): Promise<StoredLane[]> {
  return db.selectFrom("lanes").selectAll().where("claimId", "=", claimId).orderBy("sequence").execute();
}

/** Records what the chain had paid on a lane by `block`. Neither ever falls. */
export async function keepPaid(db: Db, lane: StoredLane, paid: Amount, block: number): Promise<StoredLane> {
  const isMore = paid > BigInt(lane.paid);
  if (!isMore) return lane;
  const change = { paid: paid.toString(), paidAtBlock: Math.max(block, lane.paidAtBlock ?? 0) };
  await setLane(db, lane, change);
  return { ...lane, ...change };
}

/** In the order of the batch's rows. */
export function listLanesOfBatch(db: Db, batchId: number): Promise<StoredLane[]> {
  return db.selectFrom("lanes").selectAll().where("batchId", "=", batchId).orderBy("batchRow").execute();
}

/** Asks the payees of all open lanes to close them. */
export async function askToClose(db: Db): Promise<void> {
  await db.updateTable("lanes").set({ isCloseAsked: 1 }).where("state", "=", "open").where("isFinal", "=", 0).execute();
}

/** Open lanes that the authority asks this payee to close. */
export function listLanesToClose(db: Db, payee: Address, limit: number): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("payee", "=", payee)
    .where("state", "=", "open")
    .where("isCloseAsked", "=", 1)
    .where("isFinal", "=", 0)
    .where("amount", "!=", "0")
    .orderBy("sequence")
    .limit(limit)
    .execute();
}
