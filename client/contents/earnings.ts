import type { Amount } from "../../protocol/base/units.ts";
import type { AccountLanes } from "../../protocol/http/accounts.ts";
import type { DailyMoney } from "../store/records.ts";

export type EarningsBy = "content" | "day" | "counterparty";

/** What one content, day (UTC) or counterparty has brought and cost. Vouchers, before fees. */
export interface EarningsRow {
  readonly key: string;
  readonly paid: Amount;
  readonly earned: Amount;
  /** Of what was earned: not on-chain yet. Of a day: what is due on it. */
  readonly unsettled: Amount;
  /** When the last of that is due: its lane's end, seconds since 1970. It is settled soon after. */
  readonly dueAt: number | null;
}

export interface Unsettled {
  readonly infoHash: string;
  readonly payer: string;
  readonly amount: Amount;
  readonly expiresAt: number;
}

/** The lanes that the account was promised money on and that are not on-chain. */
export function unsettledOf(lanes: AccountLanes["lanes"]): Unsettled[] {
  return lanes
    .filter(({ role, state, amount }) => role === "payee" && amount !== "0" && /^(open|closed|settling)$/.test(state))
    .map(({ infoHash, payer, amount, expiresAt }) => ({ infoHash, payer, amount: BigInt(amount), expiresAt }));
}

/** Rows in the order of their keys; of days, the newest first. */
export function addUp(by: EarningsBy, days: readonly DailyMoney[], unsettled: readonly Unsettled[]): EarningsRow[] {
  const rows = new Map<string, EarningsRow>();
  const add = (key: string, change: Partial<EarningsRow>): void => {
    const row = rows.get(key) ?? { key, paid: 0n, earned: 0n, unsettled: 0n, dueAt: null };
    rows.set(key, {
      key,
      paid: row.paid + (change.paid ?? 0n),
      earned: row.earned + (change.earned ?? 0n),
      unsettled: row.unsettled + (change.unsettled ?? 0n),
      dueAt: Math.max(row.dueAt ?? 0, change.dueAt ?? 0) || null,
    });
  };
  for (const day of days) add(keyOf(by, day), { paid: day.paid, earned: day.earned });
  for (const { infoHash, payer, amount, expiresAt } of unsettled)
    add(keyOf(by, { infoHash, account: payer.toLowerCase(), day: dayOf(expiresAt) }), {
      unsettled: amount,
      dueAt: expiresAt,
    });
  const sorted = [...rows.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return by === "day" ? sorted.reverse() : sorted;
}

function keyOf(
  by: EarningsBy,
  { infoHash, day, account }: { [Name in "infoHash" | "day" | "account"]: string },
): string {
  if (by === "content") return infoHash;
  return by === "day" ? day : account;
}

function dayOf(seconds: number): string {
  return new Date(1_000 * seconds).toISOString().slice(0, 10);
}
