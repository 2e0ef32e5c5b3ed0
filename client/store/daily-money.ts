import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { DailyMoney } from "./records.ts";
import type { Tables } from "./tables.ts";

/**
 * The money of each day. It is written in the transaction of the voucher that it comes from, so it
 * tells neither more nor less than the vouchers.
 */
export interface MoneyJournal {
  /** Call inside of `save`. */
  paid(infoHash: InfoHash, payee: Address, amount: Amount): void;
  earned(infoHash: InfoHash, payer: Address, amount: Amount): void;
}

/** Base units, over all runs. */
export interface ContentMoney {
  readonly paid: Amount;
  readonly earned: Amount;
}

export interface DailyMoneyStore {
  /** All days, oldest first. */
  listMoney(): DailyMoney[];
  moneyOf(infoHash: InfoHash): ContentMoney;
  /** The same, without what waits to be written: for who asks often, and may be a moment late. */
  writtenMoneyOf(infoHash: InfoHash): ContentMoney;
}

type Row = Omit<DailyMoney, "paid" | "earned"> & { readonly paid: string; readonly earned: string };

const NOTHING: ContentMoney = { paid: 0n, earned: 0n };

export function openDailyMoney(tables: Tables): { readonly journal: MoneyJournal; readonly store: DailyMoneyStore } {
  const all = tables.all(
    "SELECT * FROM dailyMoney ORDER BY day, infoHash, account",
    ({ paid, earned, ...row }: Row): DailyMoney => ({ ...row, paid: BigInt(paid), earned: BigInt(earned) }),
  );
  const find = tables.get<Pick<Row, "day" | "paid" | "earned">>(
    `SELECT date('now') AS day, coalesce(paid, '0') AS paid, coalesce(earned, '0') AS earned
     FROM (SELECT 1) LEFT JOIN dailyMoney ON day = date('now') AND infoHash = ? AND account = ?`,
  );
  const write = tables.run(
    "INSERT OR REPLACE INTO dailyMoney (day, infoHash, account, paid, earned) VALUES (?, ?, ?, ?, ?)",
  );
  /** The sums of all days, by content. */
  const sums = new Map<InfoHash, ContentMoney>();
  const count = ({ infoHash, paid, earned }: Omit<DailyMoney, "day" | "account">): void => {
    const before = sums.get(infoHash) ?? NOTHING;
    sums.set(infoHash, { paid: before.paid + paid, earned: before.earned + earned });
  };
  for (const row of all()) count(row);
  const add = (infoHash: InfoHash, account: Address, { paid, earned }: ContentMoney): void => {
    const row = find(infoHash, account) as Row;
    write(row.day, infoHash, account, (BigInt(row.paid) + paid).toString(), (BigInt(row.earned) + earned).toString());
    count({ infoHash, paid, earned });
  };
  return {
    journal: {
      paid: (infoHash, payee, amount) => add(infoHash, payee, { ...NOTHING, paid: amount }),
      earned: (infoHash, payer, amount) => add(infoHash, payer, { ...NOTHING, earned: amount }),
    },
    store: {
      listMoney: () => all(),
      moneyOf(infoHash) {
        tables.flush();
        return sums.get(infoHash) ?? NOTHING;
      },
      writtenMoneyOf: (infoHash) => sums.get(infoHash) ?? NOTHING,
    },
  };
}
