/** Gas of one day (UTC), by what it was for. */
export interface GasDay {
  /** Days since 1970. */
  readonly day: number;
  /** Batches and claims. */
  readonly settling: number;
  /** Deposits, devices, withdrawals, and what keeps the outbox going. */
  readonly relaying: number;
  /** Transactions, failed ones too. */
  readonly count: number;
}

/** So many days are shown at most. */
export const GAS_DAYS = 90;
/** As many are there at least. */
const MIN_DAYS = 7;
const DAY_MS = 86_400_000;
const HEAD = "day,gas of settling,gas of relaying,transactions";
const ROW = /^(\d{4}-\d\d-\d\d),(\d{1,15}),(\d{1,15}),(\d{1,9})$/;

/** One row of the store: what transactions of a kind have taken in a day. */
export interface GasUse {
  readonly day: number;
  readonly kind: string;
  readonly gas: number;
  readonly count: number;
}

/**
 * All days from the first that used gas up to `today`, ascending; at least a week, at most
 * `GAS_DAYS`. None: no transaction has ended.
 */
export function gasDaysOf(uses: readonly GasUse[], today: number): GasDay[] {
  const known = uses.filter(({ day }) => day <= today && day > today - GAS_DAYS);
  if (known.length === 0) return [];
  const first = Math.min(today - MIN_DAYS + 1, ...known.map(({ day }) => day));
  const days = Array.from({ length: today - first + 1 }, (_, i) => ({
    ...{ day: first + i, settling: 0, relaying: 0, count: 0 },
  }));
  for (const { day, kind, gas, count } of known) {
    const sum = days[day - first];
    if (sum === undefined) continue;
    sum[kind === "settle" || kind === "claim" ? "settling" : "relaying"] += gas;
    sum.count += count;
  }
  return days;
}

/** For spreadsheets (RFC 4180). */
export function toGasCsv(days: readonly GasDay[]): string {
  const rows = days.map((one) => [dayText(one.day), one.settling, one.relaying, one.count].join(","));
  return [HEAD, ...rows].map((row) => `${row}\r\n`).join("");
}

/** Reads what `toGasCsv` has written; null: it is something else. */
export function readGasCsv(text: string): GasDay[] | null {
  const [head, ...rows] = text.split("\r\n");
  if (head !== HEAD || rows.pop() !== "") return null;
  const days: GasDay[] = [];
  for (const row of rows) {
    const [, date, settling, relaying, count] = ROW.exec(row) ?? [];
    const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
    if (!Number.isInteger(day)) return null;
    days.push({ day, settling: Number(settling), relaying: Number(relaying), count: Number(count) });
  }
  return days;
}

/** ISO 8601. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
