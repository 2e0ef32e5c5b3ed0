import type { BatchBook, Books } from "../../../../audit/books/books.ts";
import { followMoney } from "../../../../audit/books/follow-money.ts";
import type { Ledger, LedgerEntry } from "../../../../audit/books/ledger.ts";
import type { Movement } from "../../../../audit/books/movement.ts";
import { checksummed } from "../../../../audit/facts/checksum.ts";
import type { JudgedRow, Observer } from "../../../../audit/replay/observer.ts";
import type { AccountStory, LaneStory, Row } from "../messages.ts";

/** Every row and every movement of an audit, so that any of them can be followed afterwards. */
export class MoneyRecord {
  readonly observer: Observer;
  readonly #movements: Movement[] = [];
  readonly #batches = new Map<number, readonly Row[] | null>();
  #open: JudgedRow[] = [];
  #books: Books | null = null;

  constructor() {
    const money = followMoney((movement) => this.#movements.push(movement));
    this.observer = {
      ...money,
      rowJudged: (run, facts, judged) => {
        money.rowJudged?.(run, facts, judged);
        this.#open.push(judged);
      },
      batchSettled: (run, facts, batch, record) => {
        money.batchSettled?.(run, facts, batch, record);
        const reasons = new Map(record.skipped.map(({ row, reason }) => [row, reason]));
        const rows = this.#open.map(({ group: { payer, sessionKey }, row, isPaid, fee }): Row => {
          const { index, payee, lane, amount } = row;
          return { index, payer, sessionKey, payee, lane, amount, fee, isPaid, reason: reasons.get(index) ?? null };
        });
        this.#open = [];
        this.#batches.set(record.number, batch === null ? null : rows);
      },
    };
  }

  /** The replay is over. */
  close(books: Books): void {
    this.#books = books;
  }

  rowsOf(batch: number): readonly Row[] | null {
    return this.#batches.get(batch) ?? null;
  }

  accountStory(address: string): AccountStory {
    const account = checksummed(address.slice(2).toLowerCase());
    const book = this.#books?.accounts.find((one) => one.account === account) ?? null;
    return { account, book, entries: this.#entriesOf(account) };
  }

  ledgerOf(address: string): Ledger {
    const { account, book, entries } = this.accountStory(address);
    return { account, entries, balance: book?.balance ?? 0n, time: this.#books?.time ?? 0 };
  }

  laneStory(address: string, lane: number): LaneStory {
    const payer = checksummed(address.slice(2).toLowerCase());
    const batches = this.#books?.batches ?? [];
    const rows = batches.flatMap((batch: BatchBook) =>
      (this.#batches.get(batch.number) ?? [])
        .filter((row) => row.payer === payer && row.lane === lane)
        .map((row) => ({ row, batch })),
    );
    const isOnLane = (one: Movement): boolean => one.lane === lane && one.counterparty === payer;
    const payees = new Set([
      ...rows.map(({ row }) => row.payee),
      ...this.#movements.filter((one) => one.kind === "claim-earning" && isOnLane(one)).map(({ account }) => account),
    ]);
    const entries = [...payees].flatMap((payee) => {
      const all = this.#entriesOf(payee);
      const first = all.findIndex((one) => (one.kind === "earning" || one.kind === "claim-earning") && isOnLane(one));
      return first === -1 ? [] : all.slice(first);
    });
    const claims = entries.filter((one) => one.kind === "claim-earning" && isOnLane(one));
    const exits = entries.filter(({ kind }) => kind === "withdrawal" || kind === "release");
    const firstBlock = Math.min(...rows.map(({ batch }) => batch.block), ...claims.map(({ block }) => block));
    const deposits = this.#movements.filter(
      ({ kind, account, block }) => kind === "deposit" && account === payer && block <= firstBlock,
    );
    const deposited = deposits.reduce((sum, { amount }) => sum + amount, 0n);
    return { payer, lane, deposited, deposits: deposits.length, rows, claims, exits };
  }

  #entriesOf(account: string): LedgerEntry[] {
    let balance = 0n;
    const entries: LedgerEntry[] = [];
    for (const movement of this.#movements) {
      if (movement.account !== account) continue;
      balance += movement.amount;
      entries.push({ ...movement, balance });
    }
    return entries;
  }
}
