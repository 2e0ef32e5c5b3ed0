import { type Expression, sql } from "kysely";
import type { Db } from "../database.ts";
import { type BatchWithTransaction, listBatches } from "../tables/batches.ts";
import { listPendingAttempts, listPendingTransactions, type StoredTransaction } from "../tables/transactions.ts";

/** What waits to be settled: lanes with a voucher that are in no batch. */
export interface WaitingLanes {
  readonly count: number;
  readonly amount: bigint;
  /** When the oldest voucher came; null: none waits. */
  readonly since: number | null;
}

export async function readWaitingLanes(db: Db): Promise<WaitingLanes> {
  const row = await db
    .selectFrom("dueLanes")
    .innerJoin("lanes", "lanes.sequence", "dueLanes.sequence")
    .select(({ fn, ref }) => [
      fn.countAll<number>().as("count"),
      fn.min("lanes.receivedAt").as("since"),
      ...digitSums(ref("lanes.amount")),
    ])
    .executeTakeFirstOrThrow();
  return { count: row.count, since: row.since, amount: joinDigits(row) };
}

const WIDTH = 10;

/** SQLite's integers are too small for sums of amounts: three parts of their digits are summed. */
function digitSums(amount: Expression<string>) {
  const padded = sql`substr(${"0".repeat(3 * WIDTH)} || ${amount}, ${-3 * WIDTH})`;
  const part = (i: number) => sql<number | null>`sum(cast(substr(${padded}, ${1 + i * WIDTH}, ${WIDTH}) as integer))`;
  return [part(0).as("high"), part(1).as("middle"), part(2).as("low")] as const;
}

function joinDigits(sums: { high: number | null; middle: number | null; low: number | null }): bigint {
  const [high, middle, low] = [sums.high, sums.middle, sums.low].map((sum) => BigInt(sum ?? 0)) as [
    bigint,
    bigint,
    bigint,
  ];
  const shift = 10n ** BigInt(WIDTH);
  return (high * shift + middle) * shift + low;
}

export interface DeskAccount {
  readonly account: `0x${string}`;
  readonly createdAt: number;
  readonly isLeaving: number;
  readonly devices: number;
  readonly lanesAsPayer: number;
}

export interface DeskCounts {
  readonly accounts: number;
  readonly contents: number;
  /** Contents and bundles that searches do not show. */
  readonly unlisted: number;
  readonly deposits: number;
  readonly withdrawals: number;
}

const ENDED_DEPOSITS = ["credited", "declined", "failed", "refunded"] as const;
const ENDED_WITHDRAWALS = ["paid", "replaced", "failed"] as const;

export async function readDeskCounts(db: Db): Promise<DeskCounts> {
  const count = sql<number>`count(*)`.as("count");
  const [accounts, contents, unlisted, deposits, withdrawals] = await Promise.all([
    db.selectFrom("accounts").select(count).executeTakeFirstOrThrow(),
    db.selectFrom("torrents").where("isListed", "=", 1).select(count).executeTakeFirstOrThrow(),
    db.selectFrom("torrents").where("isListed", "=", 0).select(count).executeTakeFirstOrThrow(),
    db.selectFrom("deposits").where("state", "not in", ENDED_DEPOSITS).select(count).executeTakeFirstOrThrow(),
    db.selectFrom("withdrawals").where("state", "not in", ENDED_WITHDRAWALS).select(count).executeTakeFirstOrThrow(),
  ]);
  return {
    accounts: accounts.count,
    contents: contents.count,
    unlisted: unlisted.count,
    deposits: deposits.count,
    withdrawals: withdrawals.count,
  };
}

/** The newest accounts behind the first `offset`. */
export function listDeskAccounts(db: Db, limit: number, offset = 0): Promise<DeskAccount[]> {
  return db
    .selectFrom("accounts")
    .select(({ selectFrom, fn }) => [
      "account",
      "createdAt",
      "isLeaving",
      selectFrom("sessions")
        .whereRef("sessions.account", "=", "accounts.account")
        .select(fn.countAll<number>().as("count"))
        .$asScalar()
        .$notNull()
        .as("devices"),
      selectFrom("lanes")
        .whereRef("lanes.payer", "=", "accounts.account")
        .select(fn.countAll<number>().as("count"))
        .$asScalar()
        .$notNull()
        .as("lanesAsPayer"),
    ])
    .orderBy("createdAt", "desc")
    .orderBy("account")
    .limit(limit)
    .offset(offset)
    .execute();
}

/** When the oldest deposit and withdrawal under way were begun; null: none is. */
export async function readDeskAges(
  db: Db,
): Promise<{ readonly deposits: number | null; readonly withdrawals: number | null }> {
  const oldest = sql<number | null>`min(createdAt)`.as("since");
  const [deposits, withdrawals] = await Promise.all([
    db.selectFrom("deposits").where("state", "not in", ENDED_DEPOSITS).select(oldest).executeTakeFirstOrThrow(),
    db.selectFrom("withdrawals").where("state", "not in", ENDED_WITHDRAWALS).select(oldest).executeTakeFirstOrThrow(),
  ]);
  return { deposits: deposits.since, withdrawals: withdrawals.since };
}

export interface DeskTransaction extends StoredTransaction {
  /** How often it was signed, and what its newest signature says; null: never. */
  readonly signed: { readonly count: number; readonly maxFeePerGas: bigint; readonly atBlock: number } | null;
}

export interface DeskWork {
  readonly batches: readonly BatchWithTransaction[];
  readonly transactions: readonly DeskTransaction[];
}

/** The newest batches, and the oldest transactions that have not ended. */
export async function readDeskWork(db: Db, limit: number): Promise<DeskWork> {
  const [batches, pending, attempts] = await Promise.all([
    listBatches(db, Number.MAX_SAFE_INTEGER, limit),
    listPendingTransactions(db),
    listPendingAttempts(db),
  ]);
  const transactions = pending.slice(0, limit).map((one): DeskTransaction => {
    const own = attempts.filter(({ transactionId }) => transactionId === one.id);
    const newest = own.at(-1);
    if (newest === undefined) return { ...one, signed: null };
    const { maxFeePerGas, signedAtBlock: atBlock } = newest;
    return { ...one, signed: { count: own.length, maxFeePerGas: BigInt(maxFeePerGas), atBlock } };
  });
  return { batches, transactions };
}

/** Gas of one kind of transaction that ended in one day. */
export interface GasSum {
  /** Days since 1970, in UTC. */
  readonly day: number;
  readonly kind: StoredTransaction["kind"];
  readonly gas: number;
  readonly count: number;
}

/**
 * What this authority's transactions took in the days from `firstDay`, failed ones too. `daySec`:
 * a day's seconds.
 */
export function sumGas(db: Db, firstDay: number, daySec: number): Promise<GasSum[]> {
  const day = sql<number>`endedAt / ${sql.lit(daySec)}`;
  return db
    .selectFrom("transactions")
    .select(({ fn }) => [
      day.as("day"),
      "kind",
      sql<number>`sum(cast(gasUsed as integer))`.as("gas"),
      fn.countAll<number>().as("count"),
    ])
    .where("endedAt", ">=", firstDay * daySec)
    .where("state", "in", ["final", "failed"])
    .where("gasUsed", "is not", null)
    .groupBy([day, "kind"])
    .execute();
}
