import { type AccountBook, volumeOf } from "../books/account-book.ts";
import type { BatchBook, Books } from "../books/books.ts";
import { printTime } from "../books/time-text.ts";
import type { TokenFacts } from "../facts/money-text.ts";
import { grouped, tokens } from "./printed.ts";

/** A column of a report's table, whatever draws it. */
export interface TextColumn<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly text: (row: Row) => string;
}

type Account = Books["accounts"][number];

/** What a batch did, but for its gas and its transaction. */
export function batchColumns(token: TokenFacts): readonly TextColumn<BatchBook>[] {
  return [
    { title: "batch", isNumber: true, text: ({ number }) => String(number) },
    { title: "time", text: ({ time }) => printTime(time) },
    { title: "block", isNumber: true, text: ({ block }) => String(block) },
    { title: "signed by", text: ({ kind }) => kind },
    { title: "rows", isNumber: true, text: ({ rows }) => (rows === null ? "?" : grouped(rows)) },
    { title: "skipped", isNumber: true, text: ({ skipped }) => String(skipped) },
    { title: "settled", isNumber: true, text: ({ total }) => tokens(total, token) },
    { title: "fee", isNumber: true, text: ({ fee }) => tokens(fee, token) },
  ];
}

/** What came into an account and what left it. */
export function accountColumns(accounts: readonly Account[], token: TokenFacts): readonly TextColumn<Account>[] {
  const sum = (title: string, key: keyof AccountBook): TextColumn<Account> => ({
    title,
    isNumber: true,
    text: (book) => (book[key] === 0n ? "0" : tokens(book[key], token)),
  });
  const hasOpening = accounts.some(({ opening }) => opening !== 0n);
  return [
    ...(hasOpening ? [sum("before", "opening")] : []),
    sum("deposited", "deposited"),
    sum("earned", "earned"),
    sum("claimed", "claimed"),
    sum("of bond", "fromBond"),
    sum("fees got", "fees"),
    sum("paid", "paid"),
    sum("withdrawn", "withdrawn"),
    sum("released", "released"),
  ];
}

/** Base units that came into an account. */
export function cameIn(book: AccountBook): bigint {
  return volumeOf(book) - book.paid - book.withdrawn - book.released;
}
