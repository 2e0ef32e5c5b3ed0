import type { Address, Hex } from "../facts/primitives.ts";
import { type BookDatabase, toDigits } from "./book-database.ts";
import type { OmissionReason, OmittedLine, StatementLine, VoucherLine } from "./format/bundle-format.ts";

/** A voucher that a bundle lists: settled by its batch, or left out for a reason. */
export interface ListedVoucher {
  readonly file: number;
  readonly payer: Address;
  readonly lane: number;
  readonly amount: bigint;
  readonly signature: Hex;
  readonly receivedAt: number;
  /** Null: its batch settles it. */
  readonly reason: OmissionReason | null;
}

export interface ListedStatement {
  readonly payer: Address;
  readonly sessionKey: Address;
  readonly signature: Hex;
  readonly lanes: readonly number[];
}

const PAGE = 1_000;
/** The newest listing of a lane. */
const LAST = "l.file = (SELECT max(file) FROM bundle_listed m WHERE m.payer = l.payer AND m.lane = l.lane)";
const IS_CLOSED = "EXISTS (SELECT 1 FROM bundle_payments p WHERE p.payer = l.payer AND p.lane = l.lane)";

/** Which vouchers the authority held when it made each bundle. */
export class ListedVouchers {
  readonly #database: BookDatabase;

  constructor(database: BookDatabase) {
    this.#database = database;
  }

  /** Returns false if the bundle already lists the lane. */
  add(file: number, line: VoucherLine | OmittedLine): boolean {
    const { payer, lane, amount, signature, receivedAt } = line;
    const sql = "INSERT OR IGNORE INTO bundle_listed VALUES (?, ?, ?, ?, ?, ?, ?)";
    const reason = line.kind === "omitted" ? line.reason : null;
    const digits = toDigits(BigInt(amount));
    return this.#database.prepare(sql).run(file, payer, lane, digits, signature, receivedAt, reason).changes === 1;
  }

  addStatement(file: number, { payer, sessionKey, signature, lanes }: StatementLine): void {
    const sql = "INSERT INTO bundle_statements VALUES (?, ?, ?, ?, ?)";
    this.#database.prepare(sql).run(file, payer, sessionKey, signature, JSON.stringify(lanes));
  }

  find(file: number, payer: Address, lane: number): ListedVoucher | undefined {
    const sql = "SELECT * FROM bundle_listed WHERE file = ? AND payer = ? AND lane = ?";
    const row = this.#database.prepare<[number, string, number], StoredListing>(sql).get(file, payer, lane);
    return row && toListed(row);
  }

  /** What the bundles before this one said last of the lane. */
  lastBefore(file: number, payer: Address, lane: number): ListedVoucher | undefined {
    const sql = `SELECT * FROM bundle_listed WHERE payer = ? AND lane = ? AND file > 0 AND file < ?
      ORDER BY file DESC LIMIT 1`;
    const row = this.#database.prepare<[string, number, number], StoredListing>(sql).get(payer, lane, file);
    return row && toListed(row);
  }

  /** Whether a bundle lists any voucher. */
  lists(file: number): boolean {
    const sql = "SELECT 1 FROM bundle_listed WHERE file = ? LIMIT 1";
    return this.#database.prepare<[number], number>(sql).pluck().get(file) !== undefined;
  }

  /** All that a bundle lists. */
  *of(file: number): Generator<ListedVoucher> {
    const page = this.#database.prepare<[number, string, string, number], StoredListing>(
      `SELECT * FROM bundle_listed WHERE file = ? AND (payer > ? OR (payer = ? AND lane > ?)) ORDER BY payer, lane LIMIT ${PAGE}`,
    );
    let last = { payer: "", lane: -1 };
    for (;;) {
      const rows = page.all(file, last.payer, last.payer, last.lane);
      yield* rows.map(toListed);
      if (rows.length < PAGE) return;
      last = rows.at(-1) as StoredListing;
    }
  }

  statementsOf(file: number): ListedStatement[] {
    const sql = "SELECT payer, sessionKey, signature, lanes FROM bundle_statements WHERE file = ?";
    const rows = this.#database.prepare<[number], Omit<ListedStatement, "lanes"> & { lanes: string }>(sql).all(file);
    return rows.map((row) => ({ ...row, lanes: JSON.parse(row.lanes) }));
  }

  /**
   * Lanes that bundles up to this one said last to be too small for a row, of at least this amount,
   * and that nothing has paid, claimed or skipped.
   */
  dustFrom(amount: bigint, file: number): ListedVoucher[] {
    const sql = `SELECT * FROM bundle_listed l WHERE reason = 'DUST' AND amount >= ? AND file > 0 AND file <= ?
      AND NOT ${IS_CLOSED} AND NOT EXISTS (SELECT 1 FROM bundle_listed m
        WHERE m.payer = l.payer AND m.lane = l.lane AND m.file > l.file AND m.file <= ?)`;
    const rows = this.#database.prepare<[string, number, number], StoredListing>(sql);
    return rows.all(toDigits(amount), file, file).map(toListed);
  }

  /** The last listing of each lane that nothing has paid, claimed or skipped. */
  unsettled(): ListedVoucher[] {
    const sql = `SELECT * FROM bundle_listed l WHERE ${LAST} AND NOT ${IS_CLOSED}`;
    return this.#database.prepare<[], StoredListing>(sql).all().map(toListed);
  }

  /** All listings of one lane, in order of their bundles. */
  ofLane(payer: Address, lane: number): ListedVoucher[] {
    const sql = "SELECT * FROM bundle_listed WHERE payer = ? AND lane = ? ORDER BY file";
    return this.#database.prepare<[string, number], StoredListing>(sql).all(payer.toLowerCase(), lane).map(toListed);
  }
}

/** The same, whatever keeps them. */
export type Listed = Pick<ListedVouchers, keyof ListedVouchers>;

type StoredListing = Omit<ListedVoucher, "amount"> & { readonly amount: string };

function toListed(row: StoredListing): ListedVoucher {
  return { ...row, amount: BigInt(row.amount) };
}
