import type { Insertable, Selectable } from "kysely";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Db } from "../database.ts";
import type { LaneTable } from "../schema.ts";

export type StoredLane = Selectable<LaneTable>;

/** The lane number that this payer gets next. */
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

/** Which lanes may still reserve money at a block. */
export interface ReservedQuery {
  /** Seconds since 1970: the block's time less the claim period. */
  readonly expiresAfter: number;
  readonly block: number;
}

/**
 * Sequences of lanes that are unexpired, or that a settlement of T is still to come for, or came for after the block. A union: SQLite
 * would read all lanes of the payer for one condition with `or`.
 */
function mayReserve(db: Db, payer: Address | null, { expiresAfter, block }: ReservedQuery) {
  const all = db.selectFrom("lanes").select("sequence");
  const lanes = payer === null ? all : all.where("payer", "=", payer);
  return lanes
    .where("expiresAt", ">", expiresAfter)
    .union(lanes.where("state", "in", ["open", "settling"]).where("amount", "!=", "0"))
    .union(lanes.where("paidAtBlock", ">", block));
}

/** The payer's lanes that may still reserve money, and all of one session on one content; ascending. */
export function listLanesForPlan(
  db: Db,
  query: ReservedQuery & { payer: Address; sessionKey: Address; infoHash: InfoHash },
): Promise<StoredLane[]> {
  const { payer, sessionKey, infoHash } = query;
  const ofSession = db
    .selectFrom("lanes")
    .select("sequence")
    .where("payer", "=", payer)
    .where("sessionKey", "=", sessionKey)
    .where("infoHash", "=", infoHash);
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("sequence", "in", mayReserve(db, payer, query).union(ofSession))
    .orderBy("lane")
    .execute();
}

/** One session's lanes on one content that have not expired, ascending. */
export function listLanesOfSession(
  db: Db,
  query: { payer: Address; sessionKey: Address; infoHash: InfoHash; expiresAfter: number },
): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("payer", "=", query.payer)
    .where("sessionKey", "=", query.sessionKey)
    .where("infoHash", "=", query.infoHash)
    .where("expiresAt", ">", query.expiresAfter)
    .orderBy("lane")
    .execute();
}

export function listReservedLanes(db: Db, payer: Address, query: ReservedQuery): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("sequence", "in", mayReserve(db, payer, query))
    .orderBy("lane")
    .execute();
}

/** Of all payers. */
export function listLiveLanes(db: Db, query: ReservedQuery): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("sequence", "in", mayReserve(db, null, query))
    .execute();
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

/** Open lanes with a voucher, whoever their payee. */
export function listOpenLanes(db: Db): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where("state", "=", "open")
    .where("amount", "!=", "0")
    .orderBy("sequence")
    .execute();
}

/** Lanes that only a claim can pay, and that no claim of T is under way for. */
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

/** What the chain paid on a lane by `block`: neither ever falls. */
export async function keepPaid(db: Db, lane: StoredLane, paid: Amount, block: number): Promise<StoredLane> {
  const isMore = paid > BigInt(lane.paid);
  if (!isMore) return lane;
  const change = { paid: paid.toString(), paidAtBlock: Math.max(block, lane.paidAtBlock ?? 0) };
  await setLane(db, lane, change);
  return { ...lane, ...change };
}

export function listLanesOfBatch(db: Db, batchId: number): Promise<StoredLane[]> {
  return db.selectFrom("lanes").selectAll().where("batchId", "=", batchId).execute();
}

/** Asks the payees of all open lanes to close them. */
export async function askToClose(db: Db): Promise<void> {
  await db.updateTable("lanes").set({ isCloseAsked: 1 }).where("state", "=", "open").where("isFinal", "=", 0).execute();
}

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

/** The account's lanes, newest first, from below `before`. */
export function listLanesOfAccount(db: Db, account: Address, before: number, limit: number): Promise<StoredLane[]> {
  return db
    .selectFrom("lanes")
    .selectAll()
    .where((expression) => expression.or([expression("payer", "=", account), expression("payee", "=", account)]))
    .where("sequence", "<", before)
    .orderBy("sequence", "desc")
    .limit(limit)
    .execute();
}

/** Amounts of all lanes on which the account was paid, pays, or will be paid. */
export function listAmountsOfAccount(
  db: Db,
  account: Address,
): Promise<Pick<StoredLane, "payer" | "state" | "amount" | "paid" | "fee">[]> {
  return db
    .selectFrom("lanes")
    .select(["payer", "state", "amount", "paid", "fee"])
    .where((expression) => expression.or([expression("payer", "=", account), expression("payee", "=", account)]))
    .where("amount", "!=", "0")
    .execute();
}

/** True when this request is later than every one before of the session and content, which it then is no more. */
export async function advanceRequest(
  db: Db,
  sessionKey: Address,
  infoHash: InfoHash,
  requestedAt: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("requests")
    .values({ sessionKey, infoHash, requestedAt })
    .onConflict((conflict) =>
      conflict
        .columns(["sessionKey", "infoHash"])
        .doUpdateSet({ requestedAt })
        .where("requests.requestedAt", "<", requestedAt),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
