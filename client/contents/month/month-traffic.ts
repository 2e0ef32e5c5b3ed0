/** Bytes that a home's peer moved in one calendar month (UTC), and when that month is over. */

export interface MonthTraffic {
  /** "2026-12" */
  readonly month: string;
  readonly down: number;
  readonly up: number;
}

/** Seconds since 1970. `startsAt` is in the month, `endsAt` is not. */
export interface MonthSpan {
  readonly month: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

export function monthAt(nowSec: number): MonthSpan {
  const now = new Date(1_000 * nowSec);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const startOf = (index: number): number => Date.UTC(year, index, 1) / 1_000;
  return { month: now.toISOString().slice(0, 7), startsAt: startOf(month), endsAt: startOf(month + 1) };
}

export function isWithin({ startsAt, endsAt }: MonthSpan, nowSec: number): boolean {
  return startsAt <= nowSec && nowSec < endsAt;
}

export function addTraffic(traffic: MonthTraffic, bytes: { readonly down: number; readonly up: number }): MonthTraffic {
  return { ...traffic, down: traffic.down + bytes.down, up: traffic.up + bytes.up };
}

/** `limit`: bytes, both ways together; null: none. */
export function isUsedUp({ down, up }: MonthTraffic, limit: number | null): boolean {
  return limit !== null && down + up >= limit;
}
