import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillSlots, planSlots, type SlotCandidate, TURN_MS } from "../../../../client/payment/payee/upload-slots.ts";

type Candidate = SlotCandidate<number>;

const candidate = (id: number, change: Partial<Candidate> = {}): Candidate => ({
  id,
  pricePerGiB: 10n,
  paidBytes: 0,
  hasSlot: false,
  sinceMs: 0,
  ...change,
});
const NOW = 100_000;
const plan = (candidates: readonly Candidate[], slots: number): number[] =>
  [...planSlots(candidates, slots, NOW)].toSorted((a, b) => a - b);

const anyCandidates = fc
  .array(
    fc.record({
      pricePerGiB: fc.bigInt({ min: 1n, max: 3n }),
      paidBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000 })),
      hasSlot: fc.boolean(),
      sinceMs: fc.integer({ min: 0, max: NOW }),
    }),
    { maxLength: 40 },
  )
  .map((list): Candidate[] => list.map((fields, id) => ({ id, ...fields })));
const anySlots = fc.integer({ min: 1, max: 16 });

describe("planSlots", () => {
  test("without contention everybody is served, payer or not", () => {
    expect(plan([candidate(1), candidate(2, { paidBytes: 5 }), candidate(3)], 3)).toEqual([1, 2, 3]);
  });

  test("the better price wins, then the larger recent payment; the last slot goes to the longest wait", () => {
    const candidates = [
      candidate(1, { paidBytes: 900, hasSlot: true }),
      candidate(2, { paidBytes: 800, hasSlot: true }),
      candidate(3, { paidBytes: 1, pricePerGiB: 11n, hasSlot: true }),
      candidate(4, { sinceMs: 20 }),
      candidate(5, { sinceMs: 10 }),
    ];
    expect(plan(candidates, 3)).toEqual([1, 3, 5]);
  });

  test("the slot that goes round is kept for a whole turn", () => {
    const turn = candidate(1, { hasSlot: true, sinceMs: NOW - TURN_MS + 1 });
    expect(plan([turn, candidate(2), candidate(3)], 1)).toEqual([1]);
    expect(plan([{ ...turn, sinceMs: NOW - TURN_MS }, candidate(2), candidate(3)], 1)).toEqual([2]);
  });

  test("never gives more than there are, and leaves none free while somebody waits", () => {
    fc.assert(
      fc.property(anyCandidates, anySlots, (candidates, slots) => {
        const chosen = planSlots(candidates, slots, NOW);
        expect(chosen.size).toBe(Math.min(slots, candidates.length));
        for (const id of chosen) expect(candidates.some((one) => one.id === id)).toBe(true);
      }),
    );
  });

  test("a payer is displaced by none that does not pay, except in the one slot that goes round", () => {
    fc.assert(
      fc.property(anyCandidates, anySlots, (candidates, slots) => {
        const chosen = planSlots(candidates, slots, NOW);
        const payers = candidates.filter(({ paidBytes }) => paidBytes > 0);
        const served = payers.filter(({ id }) => chosen.has(id)).length;
        expect(served).toBeGreaterThanOrEqual(Math.min(payers.length, slots - 1));
      }),
    );
  });

  test("everybody gets a turn, however well the others pay", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 20 }),
        fc.integer({ min: 1, max: 6 }),
        (rates, slots) => {
          let candidates = rates.map((_, id) => candidate(id, { sinceMs: id }));
          const served = new Set<number>();
          for (let round = 1; round <= rates.length; round++) {
            const nowMs = NOW + round * TURN_MS;
            const chosen = planSlots(candidates, slots, nowMs);
            for (const id of chosen) served.add(id);
            candidates = candidates.map((one) => {
              const hasSlot = chosen.has(one.id);
              const sinceMs = hasSlot === one.hasSlot ? one.sinceMs : nowMs;
              return { ...one, hasSlot, sinceMs, paidBytes: hasSlot ? (rates[one.id] as number) : 0 };
            });
          }
          expect(served.size).toBe(rates.length);
        },
      ),
    );
  });
});

describe("fillSlots", () => {
  test("gives free slots to those that wait longest, and takes none away", () => {
    const candidates = [candidate(1, { hasSlot: true }), candidate(2, { sinceMs: 9 }), candidate(3, { sinceMs: 8 })];
    expect([...fillSlots(candidates, 2)]).toEqual([1, 3]);
    expect([...fillSlots(candidates, 1)]).toEqual([1]);
  });
});
