import type { Address } from "../../protocol/base/ids.ts";
import type { AllotterRecord } from "../chain/mirror/contract-state.ts";

/** Keys that the contract ever named, as of a confirmed block. */
export type Allotters = ReadonlyMap<Address, AllotterRecord>;

/**
 * Which of the authority's own keys signs: the newest that is current and for whose allotments the
 * bond answers by `time`, else the newest that is current. Null: none. `own`: oldest first. Pure.
 */
export function chooseAllotter(own: readonly Address[], allotters: Allotters, time: number): Address | null {
  const current = own.filter((key) => allotters.get(key)?.isCurrent);
  const backed = current.filter((key) => (allotters.get(key)?.effectiveAt ?? 0) <= time);
  return backed.at(-1) ?? current.at(-1) ?? null;
}

/**
 * Whether the contract takes an allotment of this key that ends then, as in `claim`
 * (docs/protocol.md 8.4).
 */
export function isSigner(key: AllotterRecord | undefined, expiresAt: number, allotmentPeriodSec: number): boolean {
  if (key === undefined) return false;
  return key.isCurrent || (key.retiredAt > 0 && expiresAt <= key.retiredAt + allotmentPeriodSec);
}

/**
 * Keys of which live allotments may be: the current ones, `first` before the others, and those
 * retired within an allotment period.
 */
export function listSigners(
  allotters: Allotters,
  { first, time, allotmentPeriodSec }: { first: Address | null; time: number; allotmentPeriodSec: number },
): Address[] {
  const signers = [...allotters].flatMap(([key, state]) => (isSigner(state, time, allotmentPeriodSec) ? [key] : []));
  return signers.toSorted((a, b) => Number(b === first) - Number(a === first));
}
