import { type Entry, isMoved } from "./entries.ts";

/** What lanes have moved on-chain, by the day (UTC) of their voucher. Base units. */
export interface Day {
  /** Days since 1970. */
  readonly day: number;
  /** After fees. */
  readonly earned: bigint;
  readonly paid: bigint;
}

const DAY_SEC = 86_400;
/** As many are there at least, unless older lanes were not read. */
const MIN_DAYS = 7;
export const MAX_DAYS = 30;

/** `isPartial`: of lanes that were not read, some may be of the first day. */
export interface Days {
  readonly days: readonly Day[];
  readonly isPartial: boolean;
}

/** The newest days up to the newest lane's; none: nothing has moved. `hasMore`: older lanes. */
export function daysOf(entries: readonly Entry[], hasMore: boolean): Days {
  const lanes = entries.flatMap((entry) => (entry.kind === "lane" ? [entry] : []));
  const sums = new Map<number, Day>();
  for (const entry of lanes.filter(isMoved)) {
    const day = dayOf(entry.at);
    const { earned, paid } = sums.get(day) ?? { earned: 0n, paid: 0n };
    const { lane } = entry;
    const [gross, fee] = [BigInt(lane.paid), BigInt(lane.fee)];
    sums.set(
      day,
      lane.role === "payee" ? { day, earned: earned + gross - fee, paid } : { day, earned, paid: paid + gross },
    );
  }
  if (sums.size === 0) return { days: [], isPartial: false };
  const seen = lanes.map(({ at }) => dayOf(at));
  const [oldest, last] = [Math.min(...seen), Math.max(...seen)];
  const first = Math.max(hasMore ? oldest : Math.min(oldest, last - MIN_DAYS + 1), last - MAX_DAYS + 1);
  const days = Array.from({ length: last - first + 1 }, (_, i): Day => {
    return sums.get(first + i) ?? { day: first + i, earned: 0n, paid: 0n };
  });
  return { days, isPartial: hasMore && first === oldest };
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_SEC);
}
