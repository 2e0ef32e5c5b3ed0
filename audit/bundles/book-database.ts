import Database from "better-sqlite3";
import type { AuditDatabase, AuditStatement } from "../session/audit-store.ts";

/**
 * `file` numbers bundles in the order in which they were made, from 1. It is below 0 while that
 * order is not known. Amounts are decimal digits of one length (2^96-1 has 29), so SQL can compare
 * them. Addresses and hex are in lower case.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS bundle_files (
    file INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, previous TEXT NOT NULL, block INTEGER NOT NULL,
    time INTEGER NOT NULL, batch INTEGER);
  CREATE INDEX IF NOT EXISTS bundle_files_by_time ON bundle_files (time);
  CREATE INDEX IF NOT EXISTS bundle_files_named ON bundle_files (file) WHERE batch IS NOT NULL;
  CREATE TABLE IF NOT EXISTS bundle_allotments (
    file INTEGER NOT NULL, line INTEGER NOT NULL, payer TEXT NOT NULL, lane INTEGER NOT NULL,
    payee TEXT NOT NULL, sessionKey TEXT NOT NULL, payeeKey TEXT NOT NULL, cap TEXT NOT NULL,
    pricePerGiB TEXT NOT NULL, credit INTEGER NOT NULL, infoHash TEXT NOT NULL, expiresAt INTEGER NOT NULL,
    signature TEXT NOT NULL, issuedAtBlock INTEGER NOT NULL, issuedAt INTEGER NOT NULL, signer TEXT,
    isJudged INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (file, line));
  CREATE INDEX IF NOT EXISTS bundle_allotments_by_lane ON bundle_allotments (payer, lane);
  CREATE INDEX IF NOT EXISTS bundle_allotments_by_end ON bundle_allotments (payer, expiresAt);
  CREATE INDEX IF NOT EXISTS bundle_allotments_shares ON bundle_allotments (infoHash, payer) WHERE payee = payeeKey;
  CREATE INDEX IF NOT EXISTS bundle_allotments_live ON bundle_allotments (expiresAt);
  CREATE INDEX IF NOT EXISTS bundle_allotments_open ON bundle_allotments (issuedAtBlock) WHERE isJudged = 0;
  CREATE TABLE IF NOT EXISTS bundle_listed (
    file INTEGER NOT NULL, payer TEXT NOT NULL, lane INTEGER NOT NULL, amount TEXT NOT NULL, signature TEXT NOT NULL,
    receivedAt INTEGER NOT NULL, reason TEXT, PRIMARY KEY (payer, lane, file)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS bundle_listed_by_file ON bundle_listed (file);
  CREATE INDEX IF NOT EXISTS bundle_listed_dust ON bundle_listed (amount) WHERE reason = 'DUST';
  CREATE TABLE IF NOT EXISTS bundle_statements (
    file INTEGER NOT NULL, payer TEXT NOT NULL, sessionKey TEXT NOT NULL, signature TEXT NOT NULL, lanes TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS bundle_statements_by_file ON bundle_statements (file);
  CREATE TABLE IF NOT EXISTS bundle_payments (
    payer TEXT NOT NULL, lane INTEGER NOT NULL, payee TEXT NOT NULL, paid TEXT NOT NULL, settled TEXT NOT NULL,
    isClaimed INTEGER NOT NULL, skippedIn INTEGER, PRIMARY KEY (payer, lane, payee)) WITHOUT ROWID;
`;

/** The tables of the book, in the audit's database. Default: in memory. */
export class BookDatabase {
  readonly #database: AuditDatabase;
  readonly #statements = new Map<string, AuditStatement>();

  constructor(database: AuditDatabase = new Database(":memory:")) {
    this.#database = database;
    database.exec(SCHEMA);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Compiles each text once. */
  prepare<Parameters extends unknown[] = unknown[], Row = unknown>(sql: string): AuditStatement<Parameters, Row> {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement as unknown as AuditStatement<Parameters, Row>;
  }
}

const DIGITS = 29;

export function toDigits(amount: bigint): string {
  return amount.toString().padStart(DIGITS, "0");
}
