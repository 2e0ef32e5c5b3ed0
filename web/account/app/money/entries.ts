import type { Deposits, TimelineLane, Withdrawals } from "../../../../protocol/http/timeline.ts";

/** One amount on its way. `at`: seconds since 1970 of what happened to it first. */
export type Entry =
  | { readonly kind: "lane"; readonly key: string; readonly at: number; readonly lane: TimelineLane }
  | {
      readonly kind: "deposit";
      readonly key: string;
      readonly at: number;
      readonly deposit: Deposits["deposits"][number];
    }
  | {
      readonly kind: "withdrawal";
      readonly key: string;
      readonly at: number;
      readonly withdrawal: Withdrawals["withdrawals"][number];
    };

/** Newest first. */
export function entriesOf(
  lanes: readonly TimelineLane[],
  deposits: Deposits["deposits"],
  withdrawals: Withdrawals["withdrawals"],
): Entry[] {
  const entries: Entry[] = [
    ...lanes.map(
      (lane): Entry => ({
        kind: "lane",
        key: `${lane.payer}/${lane.lane}`,
        at: lane.acceptedAt ?? lane.allottedAt,
        lane,
      }),
    ),
    ...deposits.map((deposit): Entry => ({ kind: "deposit", key: deposit.id, at: deposit.createdAt, deposit })),
    ...withdrawals.map(
      (withdrawal): Entry => ({ kind: "withdrawal", key: withdrawal.id, at: withdrawal.createdAt, withdrawal }),
    ),
  ];
  return entries.toSorted((a, b) => b.at - a.at);
}

/** Ended without a voucher: there is nothing to tell of it. */
export function isUnused(entry: Entry): boolean {
  return entry.kind === "lane" && entry.lane.place === "expired";
}

/**
 * What an entry does to the account, base units: below zero for what goes away. A lane counts by
 * its voucher until it is final, then by what the contract paid, less the fee for its payee.
 */
export function changeOf(entry: Entry): bigint {
  if (isDead(entry)) return 0n;
  if (entry.kind === "deposit") return BigInt(entry.deposit.amount);
  if (entry.kind === "withdrawal") return -BigInt(entry.withdrawal.amount);
  const { role, place, amount, paid, fee } = entry.lane;
  const isOver = place === "final" || place === "skipped" || place === "expired";
  const gross = BigInt(isOver ? paid : amount);
  return role === "payer" ? -gross : gross - (isOver ? BigInt(fee) : 0n);
}

/** A payment in or out that came to nothing. */
export function isDead(entry: Entry): boolean {
  if (entry.kind === "deposit") return /^(declined|failed|refunding|refunded)$/.test(entry.deposit.state);
  return entry.kind === "withdrawal" && /^(failed|replaced)$/.test(entry.withdrawal.state);
}

/** Something is still to come of it. */
export function isUnderWay(entry: Entry): boolean {
  if (entry.kind === "lane") return !/^(final|skipped|expired)$/.test(entry.lane.place);
  return !isDead(entry) && !isMoved(entry);
}

/** It is in the account's balance on-chain, or out of it: nothing is left to come. */
export function isMoved(entry: Entry): boolean {
  if (entry.kind === "deposit") return entry.deposit.state === "credited";
  if (entry.kind === "withdrawal") return entry.withdrawal.state === "paid";
  return entry.lane.paid !== "0";
}

export type GroupBy = "content" | "counterparty";

/** Lanes of one content or counterparty, added up: base units, never below zero. */
export interface Group {
  readonly key: string;
  /** Of a content. */
  readonly title: string | null;
  readonly moneyIn: bigint;
  readonly moneyOut: bigint;
  /** Of both: not on-chain yet. */
  readonly underWay: bigint;
  readonly entries: readonly Entry[];
}

/** Groups in the order of their newest entry. */
export function groupBy(entries: readonly Entry[], by: GroupBy): Group[] {
  const groups = new Map<string, Group>();
  for (const entry of entries) {
    if (entry.kind !== "lane" || isUnused(entry)) continue;
    const { lane } = entry;
    const key = by === "content" ? lane.infoHash : lane.role === "payer" ? lane.payee : lane.payer;
    const group = groups.get(key) ?? { key, title: null, moneyIn: 0n, moneyOut: 0n, underWay: 0n, entries: [] };
    const change = changeOf(entry);
    groups.set(key, {
      key,
      title: by === "content" ? lane.title : null,
      moneyIn: group.moneyIn + (change > 0n ? change : 0n),
      moneyOut: group.moneyOut + (change < 0n ? -change : 0n),
      underWay: group.underWay + (isUnderWay(entry) ? (change < 0n ? -change : change) : 0n),
      entries: [...group.entries, entry],
    });
  }
  return [...groups.values()];
}
