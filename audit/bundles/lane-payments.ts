import type { Address } from "../facts/primitives.ts";
import { type BookDatabase, toDigits } from "./book-database.ts";

/** What the chain did on a lane for one payee. */
export interface LanePayment {
  /** By batches and claims, base units, gross. */
  readonly paid: bigint;
  /** By a batch alone; 0 if none paid on the lane. */
  readonly settled: bigint;
  readonly isClaimed: boolean;
  /** The last batch that skipped its row. */
  readonly skippedIn: number | null;
}

/** Follows the replay lane by lane. */
export class LanePayments {
  readonly #database: BookDatabase;

  constructor(database: BookDatabase) {
    this.#database = database;
  }

  settle(payer: Address, lane: number, payee: Address, amount: bigint): void {
    const sql = `INSERT INTO bundle_payments VALUES (?, ?, ?, ?, ?, 0, NULL) ON CONFLICT DO UPDATE
      SET paid = max(paid, excluded.paid), settled = max(settled, excluded.settled)`;
    const digits = toDigits(amount);
    this.#database.prepare(sql).run(payer.toLowerCase(), lane, payee.toLowerCase(), digits, digits);
  }

  /** `total`: all that the lane has paid this payee. */
  claim(payer: Address, lane: number, payee: Address, total: bigint): void {
    const sql = `INSERT INTO bundle_payments VALUES (?, ?, ?, ?, ?, 1, NULL) ON CONFLICT DO UPDATE
      SET paid = max(paid, excluded.paid), isClaimed = 1`;
    this.#database.prepare(sql).run(payer.toLowerCase(), lane, payee.toLowerCase(), toDigits(total), toDigits(0n));
  }

  skip(payer: Address, lane: number, payee: Address, batch: number): void {
    const sql = `INSERT INTO bundle_payments VALUES (?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO UPDATE
      SET skippedIn = excluded.skippedIn`;
    const none = toDigits(0n);
    this.#database.prepare(sql).run(payer.toLowerCase(), lane, payee.toLowerCase(), none, none, batch);
  }

  /** For each payee of the lane. */
  of(payer: Address, lane: number): (LanePayment & { readonly payee: Address })[] {
    const sql = "SELECT payee, paid, settled, isClaimed, skippedIn FROM bundle_payments WHERE payer = ? AND lane = ?";
    const rows = this.#database.prepare<[string, number], StoredPayment>(sql).all(payer.toLowerCase(), lane);
    return rows.map(({ paid, settled, isClaimed, ...row }) => ({
      ...row,
      paid: BigInt(paid),
      settled: BigInt(settled),
      isClaimed: isClaimed === 1,
    }));
  }
}

/** The same, whatever keeps them. */
export type Payments = Pick<LanePayments, keyof LanePayments>;

interface StoredPayment {
  readonly payee: Address;
  readonly paid: string;
  readonly settled: string;
  readonly isClaimed: number;
  readonly skippedIn: number | null;
}
