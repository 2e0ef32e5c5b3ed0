import type { InfoHash } from "../../../protocol/base/ids.ts";
import { type Amount, min } from "../../../protocol/base/units.ts";

/** Most that a home may promise; base units, null: no cap. */
export interface SpendCaps {
  /** Over all days and runs. */
  readonly total: Amount | null;
  /** Each day, UTC. */
  readonly perDay: Amount | null;
  ofContent(infoHash: InfoHash): Amount | null;
}

/** What was promised before this run. `today`: on `day`, UTC, "2026-01-31". */
export interface SpentBefore {
  readonly day: string;
  readonly today: Amount;
  readonly total: Amount;
  ofContent(infoHash: InfoHash): Amount;
}

/** What this run has promised or owes one payee, and will once all that is begun has come. */
export interface Promised {
  readonly infoHash: InfoHash;
  readonly committed: Amount;
}

/** The day of this run, and what the run had signed when it began. */
export interface SpendingDay {
  readonly day: string;
  readonly spent: Amount;
  readonly signedBefore: Amount;
}

/** A day that begins in the middle of a run has its own count. */
export function dayOf(known: SpendingDay | null, before: SpentBefore, today: string, signed: Amount): SpendingDay {
  if (known?.day === today) return known;
  if (known === null && before.day === today) return { day: today, spent: before.today, signedBefore: 0n };
  return { day: today, spent: 0n, signedBefore: known === null ? 0n : signed };
}

/** What the caps leave for this content; null: no cap is set. */
export function spendLeft(
  infoHash: InfoHash,
  caps: SpendCaps,
  before: SpentBefore,
  day: SpendingDay,
  promised: readonly Promised[],
): Amount | null {
  const cap = caps.ofContent(infoHash);
  const all = sum(promised);
  const lefts = [
    ...(caps.total === null ? [] : [caps.total - before.total - all]),
    ...(caps.perDay === null ? [] : [caps.perDay - day.spent - (all - day.signedBefore)]),
    ...(cap === null
      ? []
      : [cap - before.ofContent(infoHash) - sum(promised.filter((one) => one.infoHash === infoHash))]),
  ];
  return lefts.length === 0 ? null : lefts.reduce(min);
}

function sum(promised: readonly Promised[]): Amount {
  return promised.reduce((total, { committed }) => total + committed, 0n);
}
