import { emptyLaneState, type LaneBook, type LaneState, type PaidRecord, paidId, pairId } from "../facts/lane-book.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type { AuditDatabase } from "./audit-store.ts";

/** Rows of one part of `changedSince`. */
const PART_ROWS = 1_000;

/** Amounts are decimal text: SQLite's integers end at 2^63. `block` is that of the last change. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS address (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS lane (
    payer INTEGER NOT NULL, lane INTEGER NOT NULL, block INTEGER NOT NULL,
    batch INTEGER, payee INTEGER, amount TEXT,
    PRIMARY KEY (payer, lane)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS paid (
    payer INTEGER NOT NULL, lane INTEGER NOT NULL, payee INTEGER NOT NULL, block INTEGER NOT NULL,
    amount TEXT NOT NULL, has_closed_lane INTEGER NOT NULL,
    PRIMARY KEY (payer, lane, payee)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outcome (batch INTEGER PRIMARY KEY, hash TEXT NOT NULL, block INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS deposit (
    number INTEGER PRIMARY KEY, payer INTEGER NOT NULL, id TEXT NOT NULL, block INTEGER NOT NULL,
    UNIQUE (payer, id)) STRICT;
`;

/** Addresses whose numbers are remembered. */
const MAX_KNOWN = 65_536;

/** Lanes in a file, so that memory does not grow with the history. */
export function createSqliteLaneBook(database: AuditDatabase): LaneBook {
  database.exec(TABLES);
  const numberOf = createNumbers(database);
  const find = database.prepare(
    "SELECT batch, payee, amount FROM lane WHERE payer = ? AND lane = ? AND batch IS NOT NULL",
  );
  const findUsed = database.prepare("SELECT 1 FROM lane WHERE payer = ? AND lane = ?").pluck();
  const use = database.prepare(
    "INSERT INTO lane (payer, lane, block) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET block = excluded.block",
  );
  const pay = database.prepare(
    "REPLACE INTO lane (payer, lane, block, batch, payee, amount) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const addressOf = database.prepare("SELECT address FROM address WHERE id = ?").pluck();
  const setPaid = database.prepare(
    "REPLACE INTO paid (payer, lane, payee, block, amount, has_closed_lane) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const findPaid = database.prepare(
    "SELECT amount, has_closed_lane FROM paid WHERE payer = ? AND lane = ? AND payee = ?",
  );
  const setOutcome = database.prepare("REPLACE INTO outcome (batch, hash, block) VALUES (?, ?, ?)");
  const findOutcome = database.prepare("SELECT hash FROM outcome WHERE batch = ?").pluck();
  const useDeposit = database.prepare("INSERT INTO deposit (payer, id, block) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const findDeposit = database.prepare("SELECT 1 FROM deposit WHERE payer = ? AND id = ?").pluck();
  return {
    isUsed: (payer, lane) => findUsed.get(numberOf(payer), lane) !== undefined,
    use: (payer, lane, block) => void use.run(numberOf(payer), lane, block),
    setBatchPayment: (payer, lane, { batch, payee, amount }, block) =>
      void pay.run(numberOf(payer), lane, block, batch, numberOf(payee), String(amount)),
    batchPayment(payer, lane) {
      const row = find.get(numberOf(payer), lane) as LaneRow | undefined;
      return row === undefined
        ? null
        : { batch: row.batch, payee: addressOf.get(row.payee) as Address, amount: BigInt(row.amount) };
    },
    setPaid: (payer, lane, payee, { amount, hasClosedLane }, block) =>
      void setPaid.run(numberOf(payer), lane, numberOf(payee), block, String(amount), Number(hasClosedLane)),
    paid(payer, lane, payee) {
      const row = findPaid.get(numberOf(payer), lane, numberOf(payee)) as PaidRow | undefined;
      return row === undefined ? null : recordOf(row);
    },
    setOutcomeHash: (batch, hash, block) => void setOutcome.run(batch, hash, block),
    outcomeHash: (batch) => (findOutcome.get(batch) as Hex | undefined) ?? null,
    useDepositId: (from, id, block) => void useDeposit.run(numberOf(from), id, block),
    isDepositIdUsed: (from, id) => findDeposit.get(numberOf(from), id) !== undefined,
    changedSince: (block) => readParts(database, block),
  };
}

interface LaneRow {
  readonly batch: number;
  readonly payee: number;
  readonly amount: string;
}

interface PaidRow {
  readonly amount: string;
  readonly has_closed_lane: number;
}

function recordOf(row: PaidRow): PaidRecord {
  return { amount: BigInt(row.amount), hasClosedLane: row.has_closed_lane === 1 };
}

/** Small numbers for addresses, given on first use. */
function createNumbers(database: AuditDatabase): (address: Address) => number {
  const known = new Map<Address, number>();
  const find = database.prepare("SELECT id FROM address WHERE address = ?").pluck();
  const insert = database.prepare("INSERT INTO address (address) VALUES (?)");
  return (address) => {
    const found = known.get(address);
    if (found !== undefined) return found;
    const number = (find.get(address) as number | undefined) ?? Number(insert.run(address).lastInsertRowid);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(address, number);
    return number;
  };
}

function* readParts(database: AuditDatabase, since: number): Generator<LaneState> {
  const lanes = `SELECT p.address AS payer, lane.lane, lane.payer AS number FROM lane JOIN address p ON p.id = lane.payer
    WHERE (lane.payer, lane.lane) > (?, ?) AND block >= ? ORDER BY lane.payer, lane.lane LIMIT ${PART_ROWS}`;
  for (const rows of pages<{ payer: Address; lane: number; number: number }>(
    database,
    lanes,
    since,
    [-1, -1],
    (row) => [row.number, row.lane],
  ))
    yield { ...emptyLaneState(), usedLanes: new Set(rows.map(({ payer, lane }) => pairId(payer, lane))) };

  const claims = `SELECT p.address AS payer, q.address AS payee, paid.lane, paid.amount, paid.has_closed_lane,
      paid.payer AS payerNumber, paid.payee AS payeeNumber
    FROM paid JOIN address p ON p.id = paid.payer JOIN address q ON q.id = paid.payee
    WHERE (paid.payer, paid.lane, paid.payee) > (?, ?, ?) AND block >= ?
    ORDER BY paid.payer, paid.lane, paid.payee LIMIT ${PART_ROWS}`;
  type Claim = PaidRow & { payer: Address; payee: Address; lane: number; payerNumber: number; payeeNumber: number };
  for (const rows of pages<Claim>(database, claims, since, [-1, -1, -1], (row) => [
    row.payerNumber,
    row.lane,
    row.payeeNumber,
  ]))
    yield {
      ...emptyLaneState(),
      paid: new Map(rows.map((row) => [paidId(row.payer, row.lane, row.payee), recordOf(row)])),
    };

  const outcomes = `SELECT batch, hash FROM outcome WHERE batch > ? AND block >= ? ORDER BY batch LIMIT ${PART_ROWS}`;
  for (const rows of pages<{ batch: number; hash: Hex }>(database, outcomes, since, [-1], (row) => [row.batch]))
    yield { ...emptyLaneState(), outcomeHashes: new Map(rows.map(({ batch, hash }) => [batch, hash])) };

  const deposits = `SELECT p.address AS payer, deposit.id, deposit.number FROM deposit
    JOIN address p ON p.id = deposit.payer
    WHERE number > ? AND block >= ? ORDER BY number LIMIT ${PART_ROWS}`;
  for (const rows of pages<{ payer: Address; id: Hex; number: number }>(database, deposits, since, [-1], (row) => [
    row.number,
  ]))
    yield { ...emptyLaneState(), depositIds: new Set(rows.map(({ payer, id }) => pairId(payer, id))) };
}

/**
 * Pages of a query by key: each takes the last row's key and the block, and nothing stays open
 * between two.
 */
function* pages<Row>(
  database: AuditDatabase,
  query: string,
  since: number,
  start: readonly number[],
  keyOf: (row: Row) => readonly number[],
): Generator<Row[]> {
  const statement = database.prepare(query);
  for (let key = start; ; ) {
    const rows = statement.all(...key, since) as Row[];
    if (rows.length > 0) yield rows;
    if (rows.length < PART_ROWS) return;
    key = keyOf(rows.at(-1) as Row);
  }
}
