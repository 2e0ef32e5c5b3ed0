import type { Amount } from "../../../protocol/base/units.ts";

/**
 * Whom to serve when more payers want to buy than there are slots. Money takes the place of
 * tit-for-tat: the best payers keep their slots, by price, then by what they paid lately, never by
 * what they upload. One slot goes round among the others, so that a newcomer can show that it pays.
 * Times are ms on the caller's clock.
 */
export interface SlotCandidate<Id> {
  readonly id: Id;
  readonly pricePerGiB: Amount;
  /** Bytes paid in this turn and the previous one. */
  readonly paidBytes: number;
  readonly hasSlot: boolean;
  /** Since when it has its slot, or waits for one. */
  readonly sinceMs: number;
}

/** Peers that are served at a time, unless `PeerOptions.uploadSlots` says otherwise. */
export const UPLOAD_SLOTS = 16;
/** The shortest time that a slot is kept while others wait. */
export const TURN_MS = 10_000;

/** A turn is over: the ids that have a slot from now on. */
export function planSlots<Id>(candidates: readonly SlotCandidate<Id>[], slots: number, nowMs: number): ReadonlySet<Id> {
  if (candidates.length <= slots) return idsOf(candidates);
  const kept = candidates
    .filter(({ paidBytes }) => paidBytes > 0)
    .toSorted(byRecord)
    .slice(0, slots - 1);
  const keepers = idsOf(kept);
  const inTurn = ({ hasSlot, sinceMs }: SlotCandidate<Id>): boolean => hasSlot && nowMs < sinceMs + TURN_MS;
  const others = candidates.filter(({ id }) => !keepers.has(id));
  const queue = [
    ...others.filter(inTurn).toSorted((a, b) => a.sinceMs - b.sinceMs),
    ...others.filter(({ hasSlot }) => !hasSlot).toSorted((a, b) => a.sinceMs - b.sinceMs),
    ...others.filter((one) => one.hasSlot && !inTurn(one)).toSorted(byRecord),
  ];
  return idsOf([...kept, ...queue.slice(0, slots - kept.length)]);
}

/** Between turns nobody loses a slot; free ones go to those that wait longest. */
export function fillSlots<Id>(candidates: readonly SlotCandidate<Id>[], slots: number): ReadonlySet<Id> {
  const holders = candidates.filter(({ hasSlot }) => hasSlot);
  const waiting = candidates.filter(({ hasSlot }) => !hasSlot).toSorted((a, b) => a.sinceMs - b.sinceMs);
  return idsOf([...holders, ...waiting.slice(0, Math.max(0, slots - holders.length))]);
}

function byRecord(a: SlotCandidate<unknown>, b: SlotCandidate<unknown>): number {
  if (a.pricePerGiB !== b.pricePerGiB) return a.pricePerGiB > b.pricePerGiB ? -1 : 1;
  if (a.paidBytes !== b.paidBytes) return b.paidBytes - a.paidBytes;
  return Number(b.hasSlot) - Number(a.hasSlot);
}

function idsOf<Id>(candidates: readonly SlotCandidate<Id>[]): ReadonlySet<Id> {
  return new Set(candidates.map(({ id }) => id));
}
