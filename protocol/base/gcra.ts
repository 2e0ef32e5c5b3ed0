/** How much may be asked: `perSecond` units in the long run, `burst` units at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Generic cell rate algorithm (ITU-T I.371, annex A). Of a caller only the time is remembered at
 * which its bucket is empty again. Pure. Times are milliseconds of a monotonic clock.
 *
 * `emptyAt`: of the caller so far; any time in the past when it is not known. A refusal changes
 * nothing and says in `waitMs` when the same cost is allowed; infinite when it never is.
 */
export function takeUnits(
  rate: Rate,
  emptyAt: number,
  cost: number,
  now: number,
): { readonly emptyAt: number; readonly waitMs: number } {
  const msPerUnit = 1_000 / rate.perSecond;
  const after = Math.max(now, emptyAt) + cost * msPerUnit;
  const waitMs = after - rate.burst * msPerUnit - now;
  if (waitMs <= 0) return { emptyAt: after, waitMs: 0 };
  return { emptyAt, waitMs: cost > rate.burst ? Number.POSITIVE_INFINITY : waitMs };
}
