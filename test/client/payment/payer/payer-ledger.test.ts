import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  debtBytes,
  isDefault,
  streamOpened,
  windowBytes,
  wireLost,
} from "../../../../client/payment/payee/payee-ledger.ts";
import { PieceSends } from "../../../../client/payment/payee/piece-sends.ts";
import {
  acceptedLane,
  isPaidUp,
  planVouchers,
  releasePiece,
  voucherDueAtMs,
} from "../../../../client/payment/payer/payer-ledger.ts";
import { addLane, openPayerPair, streamClosed } from "../../../../client/payment/payer/payer-pair.ts";
import type { PayeeLaneRecord } from "../../../../client/store/records.ts";
import { MAX_BLOCK_SENDS, MAX_VOUCHER_INTERVAL_MS, VOUCHER_INTERVAL_MS } from "../../../../protocol/base/constants.ts";
import { max, owed } from "../../../../protocol/base/units.ts";
import { allotment, CLOCK, KEY, Pair, PIECE, PRICE, SESSION, separator } from "../ledger-pair.ts";

/** Both ledgers of a pair, since neither is right unless it agrees with the other. */

const step = fc.constantFrom(
  "ask",
  "ask",
  "verify",
  "pay",
  "pay unheard",
  "reconnect",
  "payee restarts",
  "payer forgets",
);

test("the ledgers agree over any schedule: an honest payer is always served, and pays exactly what it got", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const pair = new Pair([3, 6, 400]);
      const losses = new Map<number, number>();
      for (const what of steps) {
        if (what === "ask") pair.ask();
        else if (what === "verify") pair.verify();
        else if (what === "pay") pair.pay(true);
        else if (what === "pay unheard") pair.pay(false);
        // A block is sent at most MAX_BLOCK_SENDS times, even to an honest payer.
        else if (pair.asked.every((piece) => (losses.get(piece) ?? 0) < MAX_BLOCK_SENDS - 1)) {
          for (const piece of pair.asked) losses.set(piece, (losses.get(piece) ?? 0) + 1);
          pair.payer = pair.asked.reduce((payer) => releasePiece(payer, PIECE), streamClosed(pair.payer));
          pair.payee = wireLost(pair.payee, pair.sends);
          pair.lost.push(...pair.asked.splice(0));
          if (what === "payee restarts") {
            pair.sends = new PieceSends();
            pair.payee = pair.openPayee();
          }
          if (what === "payer forgets") {
            const { verifiedBytes, adjust, lanes } = pair.payer;
            pair.payer = openPayerPair(
              KEY,
              { ...KEY, verifiedBytes, adjust },
              lanes.map((lane) => ({ allotment: lane.allotment, amount: lane.signed, signature: lane.signature })),
              SESSION,
            );
          }
          pair.connect();
        }
      }
      while (pair.asked.length > 0) pair.verify();
      pair.connect();
      pair.pay(true);
      expect(isPaidUp(pair.payer, CLOCK)).toBe(true);
      expect(pair.stored).toBe(owed(pair.payer.verifiedBytes, PRICE));
      expect(pair.payee.dues).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("the window starts at one piece, doubles with each payment, and ends at the credit", () => {
  const pair = new Pair([400]);
  const windows = Array.from({ length: 6 }, () => {
    const window = windowBytes(pair.payee) / PIECE;
    while (pair.ask()) pair.verify();
    pair.pay(true);
    return window;
  });
  expect(windows).toEqual([1, 2, 4, 8, 8, 8]);
});

test("a window of one piece never sticks, however the price rounds", () => {
  const pair = new Pair([400], 1);
  for (let piece = 0; piece < 300; piece++) {
    expect(pair.ask()).toBe(true);
    expect(pair.ask()).toBe(false);
    pair.verify();
    pair.pay(true);
  }
  expect(pair.stored).toBe(owed(300 * PIECE, PRICE));
});

test.each([1n, 100n, 2_500n, 4_096n, 10_000n])("a piece of little money never sticks: %d a GiB", (price) => {
  const pair = new Pair([40_000], 1, price);
  for (let piece = 0; piece < 300; piece++) {
    expect(pair.ask()).toBe(true);
    pair.verify();
    pair.pay(true);
  }
  expect(pair.stored).toBe(max(owed(300 * PIECE, price), 1n));
});

test("a content costs at most one unit more for each payee that sold less than a unit of it", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }), (counts) => {
      // A piece of 256 KiB is 2.4 units of these, 0.5 or 0.1.
      for (const price of [10_000n, 2_000n, 400n]) {
        const paid = counts.map((count) => {
          const pair = new Pair([12, 24, 40_000], 1, price);
          for (let piece = 0; piece < count; piece++) {
            expect(pair.ask()).toBe(true);
            pair.verify();
            pair.pay(true);
          }
          return pair.stored;
        });
        const pieces = counts.reduce((sum, count) => sum + count, 0);
        const above = paid.reduce((sum, amount) => sum + amount, 0n) - owed(pieces * PIECE, price);
        const small = counts.filter((count) => owed(count * PIECE, price) === 0n).length;
        expect(above).toBeLessThanOrEqual(BigInt(small));
      }
    }),
  );
});

test("a payer that stops paying gets its window and no more, also on a new stream", () => {
  const pair = new Pair([400]);
  for (let i = 0; i < 3; i++) {
    while (pair.ask()) pair.verify();
    pair.pay(true);
  }
  let got = 0;
  const steal = (): void => {
    for (let i = 0; i < 100; i++) {
      if (pair.serve(pair.nextPiece++) === "serve") got++;
    }
  };
  steal();
  pair.connect();
  steal();
  expect(got).toBe(8);
  expect(debtBytes(pair.payee)).toBeLessThanOrEqual(8 * PIECE);
});

test("a complete piece that is unpaid for the due time is a default", () => {
  const pair = new Pair([400]);
  pair.ask();
  expect(isDefault(pair.payee, 3, 3_000)).toBe(false);
  pair.payee = streamOpened(pair.payee, 0);
  expect(isDefault(pair.payee, 3, 2_999)).toBe(false);
  expect(isDefault(pair.payee, 3, 3_000)).toBe(true);
  pair.verify();
  pair.pay(true);
  expect(isDefault(pair.payee, 3, 3_000)).toBe(false);
});

test("a home that lost its vouchers adopts the payee's copy, but nothing that it did not sign", () => {
  const pair = new Pair([400]);
  pair.ask();
  pair.verify();
  pair.pay(true);
  const stored = pair.lanes[0] as PayeeLaneRecord;
  const signature = stored.signature as Uint8Array;
  const lost = addLane(openPayerPair(KEY, null, [], SESSION), stored.allotment);
  const accept = { lane: 0, amount: stored.amount, signature, windowBytes: PIECE };
  const { pair: found, adopted } = acceptedLane(lost, accept, separator);
  expect(adopted).toMatchObject({ lane: 0, amount: stored.amount });
  expect(found.adjust).toBe(stored.amount);
  expect(planVouchers(found, CLOCK)).toEqual([]);
  for (const wrong of [
    { ...accept, amount: stored.amount + 1n },
    { ...accept, amount: stored.allotment.cap + 1n },
    { ...accept, signature: new Uint8Array(64) },
  ])
    expect(() => acceptedLane(lost, wrong, separator)).toThrow(/accept is wrong/);
});

test("pieces that an earlier session has paid are not paid again", () => {
  const paid = { allotment: allotment(1, 4), amount: owed(4 * PIECE, PRICE), signature: new Uint8Array(64) };
  const record = { ...KEY, verifiedBytes: 4 * PIECE, adjust: 0n };
  const successor = { ...allotment(2, 4), sessionKey: `0x${"99".repeat(20)}` } as const;
  const pair = addLane(openPayerPair(KEY, record, [paid], successor.sessionKey), successor);
  const accept = { lane: 2, windowBytes: PIECE, amount: 0n, signature: new Uint8Array(64) };
  expect(planVouchers(acceptedLane(pair, accept, separator).pair, CLOCK)).toEqual([]);
});

describe("a voucher leaves", () => {
  /** A window of eight pieces, of which some are verified and unpaid, and some under way. */
  const dueIn = (verified: number, begun: number): number => {
    const pair = new Pair([400]);
    for (let turn = 0; turn < 3; turn++) {
      while (pair.ask()) pair.verify();
      pair.pay(true);
    }
    for (let piece = 0; piece < verified + begun; piece++) expect(pair.ask()).toBe(true);
    for (let piece = 0; piece < verified; piece++) pair.verify();
    return voucherDueAtMs(pair.payer, CLOCK, null, PIECE, 0);
  };

  test.each([
    ["at once when less than half of the window is free, and a quarter of it can be paid", 2, 3, 0],
    ["at once when the window is full and nothing is under way", 8, 0, 0],
    ["a little later when what is under way will soon make it a quarter", 1, 7, VOUCHER_INTERVAL_MS],
    ["without haste when half of the window is free", 2, 2, MAX_VOUCHER_INTERVAL_MS],
  ])("%s", (_when, verified, begun, waitMs) => {
    expect(dueIn(verified, begun)).toBe(waitMs);
  });
});
