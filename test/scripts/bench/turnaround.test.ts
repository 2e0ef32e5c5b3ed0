import { describe, expect, test } from "vitest";
import { analyzeTurns, TURN_STEPS } from "../../../scripts/bench/transfer/turnaround.ts";
import type { TraceEvent, TraceStep } from "../../../scripts/bench/transfer/window-trace.ts";

const voucher = { lane: 1, amount: "70" };
const event = (step: TraceStep, atMs: number, facts: Partial<TraceEvent> = {}): TraceEvent => ({
  step,
  atMs,
  ...facts,
});

/** A window of one piece of two blocks, and the first block of the next. */
const PAYEE = [
  event("request-in", 0, { piece: 4, offset: 0 }),
  event("request-in", 0, { piece: 4, offset: 16_384 }),
  event("let-through", 0, { piece: 4, offset: 0 }),
  event("let-through", 0, { piece: 4, offset: 16_384 }),
  event("block-out", 1, { piece: 4, offset: 0 }),
  event("block-out", 2, { piece: 4, offset: 16_384 }),
  event("request-in", 9, { piece: 7, offset: 0 }),
  event("let-through", 14.1, { piece: 7, offset: 0 }),
  event("judged", 12, voucher),
  event("kept", 14, voucher),
  event("block-out", 15, { piece: 7, offset: 0 }),
  event("synced", 30, voucher),
];
const PAYER = [
  event("asked", 0, { pieces: [4, 7] }),
  event("asked-stored", 0.5, { pieces: [4, 7] }),
  event("block-in", 3, { piece: 4, offset: 16_384 }),
  event("hashed", 5, { piece: 4 }),
  event("written", 6, { piece: 4 }),
  event("signed", 8, voucher),
  event("voucher-out", 10, voucher),
];

describe("one turn of the credit", () => {
  test("is split into steps that add up to it", () => {
    const { steps, total, turns, vouchers, stalls, stalledMs, syncMs, askedMs } = analyzeTurns(PAYER, PAYEE);

    const medians = TURN_STEPS.map((step) => [step, steps[step].p50]);
    expect(Object.fromEntries(medians)).toEqual({
      wire: 1,
      hash: 2,
      disk: 1,
      sign: 2,
      store: 2,
      stream: 2,
      commit: 2,
      request: 0,
      read: 1,
    });
    expect(total).toEqual({ p50: 13, p95: 13 });
    expect({ turns, vouchers, stalls, stalledMs }).toEqual({ turns: 1, vouchers: 1, stalls: 1, stalledMs: 13 });
    expect([syncMs.median, askedMs.median]).toEqual([18, 0.5]);
  });

  test("costs the time in which nothing is asked for, or let through", () => {
    // All came by 3, and the next is asked for at 9; its request is held from 10 to 14.1.
    const payer = [
      event("request-out", 0, { piece: 4, offset: 0 }),
      event("request-out", 0, { piece: 4, offset: 16_384 }),
      event("block-in", 2, { piece: 4, offset: 0 }),
      event("block-in", 3, { piece: 4, offset: 16_384 }),
      event("request-out", 9, { piece: 7, offset: 0 }),
    ];
    const payee = PAYEE.map((one) => (one.atMs === 9 ? { ...one, atMs: 10 } : one));

    expect(analyzeTurns(payer, payee).creditShare).toBeCloseTo((9 - 3 + (14.1 - 10)) / (15 - 1));
  });

  test("that never reached its end is left out", () => {
    expect(analyzeTurns(PAYER, PAYEE.slice(0, 8)).turns).toBe(0);
  });
});
