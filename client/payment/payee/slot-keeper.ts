import type { Amount } from "../../../protocol/base/units.ts";
import { fillSlots, planSlots, TURN_MS } from "./upload-slots.ts";

/** Knows which ids have an upload slot now, and acts on the plans of `upload-slots.ts`. */
export interface SlotKeeper<Id> {
  /** `id` wants to be served. Of several prices the best one counts. */
  join(id: Id, pricePerGiB: Amount): void;
  leave(id: Id): void;
  has(id: Id): boolean;
  paid(id: Id, bytes: number): void;
  /** Regular work: turns end. */
  beat(): void;
}

interface Entry {
  pricePerGiB: Amount;
  hasSlot: boolean;
  sinceMs: number;
  paidNow: number;
  paidBefore: number;
}

export function createSlotKeeper<Id>(options: {
  readonly slots: number;
  readonly nowMs: () => number;
  readonly onGain: (id: Id) => void;
  readonly onLoss: (id: Id) => void;
}): SlotKeeper<Id> {
  const { slots, nowMs } = options;
  const entries = new Map<Id, Entry>();
  let turnAtMs = nowMs();

  const candidates = () =>
    [...entries].map(([id, { paidNow, paidBefore, ...entry }]) => ({ id, ...entry, paidBytes: paidNow + paidBefore }));

  const apply = (chosen: ReadonlySet<Id>): void => {
    const changed = [...entries].filter(([id, entry]) => entry.hasSlot !== chosen.has(id));
    for (const [, entry] of changed) {
      entry.hasSlot = !entry.hasSlot;
      entry.sinceMs = nowMs();
    }
    for (const [id, { hasSlot }] of changed) if (!hasSlot) options.onLoss(id);
    for (const [id, { hasSlot }] of changed) if (hasSlot) options.onGain(id);
  };

  return {
    join(id, pricePerGiB) {
      const known = entries.get(id);
      if (known) {
        if (pricePerGiB > known.pricePerGiB) known.pricePerGiB = pricePerGiB;
        return;
      }
      entries.set(id, { pricePerGiB, hasSlot: false, sinceMs: nowMs(), paidNow: 0, paidBefore: 0 });
      apply(fillSlots(candidates(), slots));
    },
    leave(id) {
      if (entries.delete(id)) apply(fillSlots(candidates(), slots));
    },
    has: (id) => entries.get(id)?.hasSlot ?? false,
    paid(id, bytes) {
      const entry = entries.get(id);
      if (entry) entry.paidNow += bytes;
    },
    beat() {
      if (nowMs() < turnAtMs + TURN_MS) return;
      turnAtMs = nowMs();
      apply(planSlots(candidates(), slots, turnAtMs));
      for (const entry of entries.values()) {
        entry.paidBefore = entry.paidNow;
        entry.paidNow = 0;
      }
    },
  };
}
