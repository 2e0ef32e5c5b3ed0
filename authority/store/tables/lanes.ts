import { type Insertable, type Selectable, sql } from "kysely";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import type { Db } from "../database.ts";
import { query } from "../raw-query.ts";
import type { LaneTable } from "../schema.ts";

export type StoredLane = Selectable<LaneTable>;

/** A lane of which nothing is promised or paid yet. */
export type NewLane = Omit<SignedAllotment, "cap" | "pricePerGiB" | "signature"> &
  Pick<StoredLane, "cap" | "pricePerGiB" | "signature" | "issuedAtBlock" | "issuedAt">;

/** What a lane begins with. */
export const NEW_COLUMNS = [
  "payer",
  "lane",
  "payee",
  "sessionKey",
  "payeeKey",
  "cap",
  "pricePerGiB",
  "credit",
  "infoHash",
  "expiresAt",
  "signature",
  "issuedAtBlock",
  "issuedAt",
] as const satisfies readonly (keyof NewLane)[];

/** Writes new lanes, and moves the lane numbers of their payers behind them. */
export async function insertLanes(db: Db, lanes: readonly NewLane[]): Promise<void> {
  if (lanes.length === 0) return;
  await query(
    db,
    `insert into lanes (${NEW_COLUMNS.join(", ")}, amount, isFinal, state, paid, fee)
      select ${NEW_COLUMNS.map((_, i) => `value ->> ${i}`).join(", ")}, '0', 0, 'open', '0', '0' from json_each(?)`,
    JSON.stringify(lanes.map((lane) => NEW_COLUMNS.map((column) => lane[column]))),
  );
  const next = new Map<Address, number>();
  for (const { payer, lane } of lanes) next.set(payer, Math.max(next.get(payer) ?? 0, lane + 1));
  await query(
    db,
    "update accounts set nextLane = one.value ->> 1 from json_each(?) as one where account = one.value ->> 0",
    JSON.stringify([...next]),
  );
}

/** One that the store has lost. */
export function insertLane(db: Db, lane: Insertable<LaneTable>): Promise<StoredLane> {
  return db.insertInto("lanes").values(lane).returningAll().executeTakeFirstOrThrow();
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

/** Those of these lanes that there are, each once for each time that it is named. */
export async function findLanesNamed(
  db: Db,
  names: readonly Pick<StoredLane, "payer" | "lane">[],
): Promise<StoredLane[]> {
  const list = JSON.stringify(names.map(({ payer, lane }) => [payer, lane]));
  const { rows } = await sql<StoredLane>`select lanes.* from json_each(${list}) as one cross join lanes
    where lanes.payer = one.value ->> 0 and lanes.lane = one.value ->> 1`.execute(db);
  return rows;
}

/** What a voucher changes. */
export type VoucherChange = Pick<
  StoredLane,
  "sequence" | "amount" | "voucherSignature" | "receivedAt" | "isFinal" | "finishedAt"
>;

export async function setVouchers(db: Db, lanes: readonly VoucherChange[]): Promise<void> {
  const list = JSON.stringify(
    lanes.map(({ sequence, amount, voucherSignature, receivedAt, isFinal, finishedAt }) => [
      sequence,
      amount,
      voucherSignature,
      receivedAt,
      isFinal,
      finishedAt,
    ]),
  );
  await sql`update lanes set amount = one.value ->> 1, voucherSignature = one.value ->> 2,
    receivedAt = one.value ->> 3, isFinal = one.value ->> 4, finishedAt = one.value ->> 5
    from json_each(${list}) as one where lanes.sequence = one.value ->> 0`.execute(db);
}

/** Lanes by their sequences, ascending. */
export async function findLanes(db: Db, sequences: readonly number[]): Promise<StoredLane[]> {
  if (sequences.length === 0) return [];
  const list = sql<number>`(select value from json_each(${JSON.stringify(sequences)}))`;
  return db.selectFrom("lanes").selectAll().where("sequence", "in", list).orderBy("sequence").execute();
}

/** Puts lanes into a batch, as its rows in this order. */
export async function beginRows(db: Db, batchId: number, sequences: readonly number[]): Promise<void> {
  await sql`update lanes set state = 'settling', batchId = ${batchId}, batchRow = one.key
    from json_each(${JSON.stringify(sequences)}) as one where lanes.sequence = one.value`.execute(db);
}

/** The lanes of a batch that failed as a whole are as they were. */
export async function reopenRows(db: Db, batchId: number): Promise<void> {
  await db
    .updateTable("lanes")
    .set({ state: "open", batchId: null, batchRow: null, reason: null })
    .where("batchId", "=", batchId)
    .execute();
}

/** Rows of a batch that have paid. */
export async function settleRows(
  db: Db,
  rows: readonly (Pick<StoredLane, "sequence" | "paid" | "fee"> & { readonly paidAtBlock: number | null })[],
): Promise<void> {
  const list = JSON.stringify(rows.map(({ sequence, paid, fee, paidAtBlock }) => [sequence, paid, fee, paidAtBlock]));
  await sql`update lanes set state = 'settled', reason = null, paid = one.value ->> 1, fee = one.value ->> 2,
    paidAtBlock = one.value ->> 3
    from json_each(${list}) as one where lanes.sequence = one.value ->> 0`.execute(db);
}

/** Lanes that only a claim can pay and for which the authority has no claim under way. */
export function listLanesToClaim(db: Db): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("state", "=", sql.lit("claiming"))
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
  const last = db.selectFrom("lanes").select((expression) => expression.fn.max("sequence").as("last"));
  await db
    .updateTable("network")
    .set({ closeAskedUpTo: sql<number>`ifnull(${last}, 0)` })
    .execute();
}

/** Open lanes that the authority asks this payee to close. */
export function listLanesToClose(db: Db, payee: Address, limit: number): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("payee", "=", payee)
    .where("state", "=", "open")
    .where("sequence", "<=", (network) => network.selectFrom("network").select("closeAskedUpTo"))
    .where("isFinal", "=", 0)
    .where("amount", "!=", "0")
    .orderBy("sequence")
    .limit(limit)
    .execute();
}
