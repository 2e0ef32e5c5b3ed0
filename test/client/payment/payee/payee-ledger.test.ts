import { beforeEach, expect, test } from "vitest";
import { ABANDONED_MS, forgiveAbandoned } from "../../../../client/payment/payee/absence.ts";
import {
  type Block,
  blockUnsent,
  countBlock,
  debtBytes,
  forgivePiece,
  isDefault,
  isPayable,
  lanesChanged,
  openPayeeLedger,
  type PayeeLedger,
  pieceMissed,
  servedBytes,
  streamOpened,
  vouchersSynced,
  wireLost,
} from "../../../../client/payment/payee/payee-ledger.ts";
import { PieceSends } from "../../../../client/payment/payee/piece-sends.ts";
import { judgeBlock } from "../../../../client/payment/payee/serve.ts";
import type { PayeeLaneRecord } from "../../../../client/store/records.ts";
import { owed } from "../../../../protocol/base/units.ts";

/** Duplicates, cancels and lost wires: none of them is charged twice, and none is a default. */

const BLOCK = 16_384;
const PIECE = 4 * BLOCK;
/** One base unit a byte. */
const PRICE = 1n << 30n;
const PAY_DUE_SEC = 3;
const TERMS = {
  account: `0x${"aa".repeat(20)}`,
  sessionKey: `0x${"a0".repeat(20)}`,
  infoHash: "a".repeat(40),
  pricePerGiB: PRICE,
} as const;
const lane = (paidPieces: number): PayeeLaneRecord => ({
  allotment: {
    payer: TERMS.account,
    payee: `0x${"ee".repeat(20)}`,
    sessionKey: TERMS.sessionKey,
    payeeKey: `0x${"e0".repeat(20)}`,
    infoHash: TERMS.infoHash,
    pricePerGiB: PRICE,
    lane: 1,
    cap: owed(1_000 * PIECE, PRICE),
    credit: 8 * PIECE,
    expiresAt: 2_000,
    signature: new Uint8Array(64),
  },
  amount: owed(paidPieces * PIECE, PRICE),
  signature: new Uint8Array(64),
  isClosed: false,
  receipt: null,
  isFinal: false,
  pushRefusal: null,
});

let ledger: PayeeLedger;
let sends: PieceSends;
const pay = (pieces: number, nowMs: number, isSynced = true): void => {
  ledger = lanesChanged(ledger, [lane(pieces)], () => true, nowMs);
  if (isSynced) ledger = vouchersSynced(ledger, ledger.coveredBytes);
};
beforeEach(() => {
  sends = new PieceSends();
  ledger = streamOpened(openPayeeLedger({ ...TERMS, pieceLength: PIECE, lanes: [], defaults: 0 }), 0);
  pay(0, 0);
});

const blockOf = (piece: number, block: number): Block => ({
  piece,
  pieceBytes: PIECE,
  offset: block * BLOCK,
  length: BLOCK,
});
const serveBlock = (piece: number, block: number, nowMs: number): string => {
  const verdict = judgeBlock({ ledger, sends, pools: [] }, blockOf(piece, block), true);
  if (verdict === "serve") ledger = countBlock(ledger, sends, blockOf(piece, block), nowMs);
  return verdict;
};
const serve = (piece: number, nowMs: number, blocks = [0, 1, 2, 3]): string[] =>
  blocks.map((block) => serveBlock(piece, block, nowMs));
const SERVED = ["serve", "serve", "serve", "serve"];

test("the same block again adds no debt, completes nothing again, and is refused the fourth time", () => {
  expect(serve(0, 0)).toEqual(SERVED);
  expect(serve(0, 0)).toEqual(SERVED);
  expect(serve(0, 0)).toEqual(SERVED);
  expect(serveBlock(0, 0, 0)).toBe("refuse");
  expect(debtBytes(ledger)).toBe(PIECE);
  expect(ledger.dues).toHaveLength(1);
  pay(1, 0);
  expect(debtBytes(ledger)).toBe(0);
  expect(servedBytes(ledger)).toBe(PIECE);
});

test("vouchers that the disk does not have yet are good for one more window, and no more", () => {
  ledger = { ...ledger, grownBytes: 2 * PIECE, defaults: 1 };
  serve(0, 0);
  serve(1, 0);
  expect(serveBlock(2, 0, 0)).toBe("window-full");
  pay(2, 0, false);
  expect([serve(2, 0), serve(3, 0)]).toEqual([SERVED, SERVED]);
  pay(4, 0, false);
  expect(debtBytes(ledger)).toBe(0);
  expect(serveBlock(4, 0, 0)).toBe("unsynced");
  ledger = vouchersSynced(ledger, 2 * PIECE);
  expect([serve(4, 0), serve(5, 0)]).toEqual([SERVED, SERVED]);
  expect(serveBlock(6, 0, 0)).toBe("window-full");
});

test("a piece of which one block was not sent is no default", () => {
  serve(0, 0, [0, 1, 2]);
  expect(isDefault(ledger, PAY_DUE_SEC, 1_000_000)).toBe(false);
  serveBlock(0, 3, 0);
  expect(isDefault(ledger, PAY_DUE_SEC, 3_000)).toBe(true);
  ledger = blockUnsent(ledger, sends, blockOf(0, 3));
  expect(isDefault(ledger, PAY_DUE_SEC, 1_000_000)).toBe(false);
  expect(debtBytes(ledger)).toBe(PIECE);
});

test("a piece that was cancelled before its first block left is not begun", () => {
  serveBlock(0, 0, 0);
  expect(serveBlock(1, 0, 0)).toBe("window-full");
  ledger = blockUnsent(ledger, sends, blockOf(0, 0));
  expect(debtBytes(ledger)).toBe(0);
  expect(serveBlock(1, 0, 0)).toBe("serve");
});

test("pieces that a lost wire may have lost are no default until they are sent again, but stay debt", () => {
  serve(0, 0);
  ledger = wireLost(ledger, sends);
  expect(isDefault(ledger, PAY_DUE_SEC, 1_000_000)).toBe(false);
  expect(debtBytes(ledger)).toBe(PIECE);
  expect(serveBlock(1, 0, 0)).toBe("window-full");
  expect(serve(0, 10_000)).toEqual(SERVED);
  expect(isDefault(ledger, PAY_DUE_SEC, 12_999)).toBe(false);
  expect(isDefault(ledger, PAY_DUE_SEC, 13_000)).toBe(true);
  expect(servedBytes(ledger)).toBe(PIECE);
});

test("a piece cancelled after it left is no default but stays debt, and the pieces behind it stay due", () => {
  pay(4, 0);
  for (const piece of [0, 1, 2, 3, 4, 5]) expect(serve(piece, 0)).toEqual(SERVED);
  ledger = pieceMissed(ledger, sends, 4);
  expect(Math.ceil(debtBytes(ledger) / PIECE)).toBe(2);
  expect(ledger.dues).toEqual([{ piece: 5, completeBytes: 5 * PIECE, atMs: 0 }]);
  pay(5, 0);
  expect(isDefault(ledger, PAY_DUE_SEC, 1_000_000)).toBe(false);
  expect(Math.ceil(debtBytes(ledger) / PIECE)).toBe(1);
  ledger = forgiveAbandoned(ledger, sends, ABANDONED_MS);
  expect(debtBytes(ledger)).toBe(0);
});

test("a cheat that cancels everything it was sent gets its window, and one forgiven piece", () => {
  let got = 0;
  for (let nowMs = 0; nowMs < 100 * ABANDONED_MS; nowMs += ABANDONED_MS / 2) {
    if (serve(got, nowMs).every((decision) => decision === "serve")) got++;
    for (let piece = 0; piece < got; piece++) ledger = pieceMissed(ledger, sends, piece);
    ledger = forgiveAbandoned(ledger, sends, nowMs);
  }
  expect(got).toBe(2);
});

test("a piece that is paid can no longer be missed", () => {
  serve(0, 0);
  pay(1, 0);
  const before = ledger;
  ledger = pieceMissed(ledger, sends, 0);
  expect(ledger).toBe(before);
});

test("a request that is cancelled after a lost wire does not lift the debt for what was sent before", () => {
  serve(0, 0);
  ledger = wireLost(ledger, sends);
  serveBlock(0, 0, 0);
  ledger = blockUnsent(ledger, sends, blockOf(0, 0));
  expect(debtBytes(ledger)).toBe(PIECE);
});

test("a voucher in flight when the wire was lost pays for the piece that arrived", () => {
  serve(0, 0);
  ledger = wireLost(ledger, sends);
  pay(1, 0);
  expect(debtBytes(ledger)).toBe(0);
  expect(servedBytes(ledger)).toBe(PIECE);
});

test("one abandoned piece is forgiven, then no more than a part of what was paid", () => {
  serve(0, 0, [0, 1, 2]);
  ledger = forgiveAbandoned(ledger, sends, ABANDONED_MS - 1);
  expect(serveBlock(1, 0, 0)).toBe("window-full");
  ledger = forgiveAbandoned(ledger, sends, ABANDONED_MS);
  expect(debtBytes(ledger)).toBe(0);
  serve(1, 0, [0, 1, 2]);
  ledger = forgiveAbandoned(ledger, sends, ABANDONED_MS);
  expect(debtBytes(ledger)).toBe(PIECE);
  // One part in 32: 31 paid pieces do not yet forgive a second piece, 32 do.
  for (let piece = 2; piece < 33; piece++) {
    ledger = { ...ledger, grownBytes: 8 * PIECE };
    expect(serve(piece, 0)).toEqual(SERVED);
    pay(piece - 1, 0);
  }
  ledger = forgiveAbandoned(ledger, sends, ABANDONED_MS);
  // One base unit is the rounding of the running total.
  expect(debtBytes(ledger)).toBe(PIECE - 1);
  serve(33, 0);
  pay(32, 0);
  ledger = forgiveAbandoned(ledger, sends, ABANDONED_MS);
  expect(debtBytes(ledger)).toBe(0);
});

test("a forgiven piece that is asked for again is begun again, and due when its last block was sent", () => {
  serve(0, 0, [0, 1, 2]);
  ledger = forgiveAbandoned(ledger, sends, ABANDONED_MS);
  expect(serveBlock(0, 3, 40_000)).toBe("serve");
  expect(debtBytes(ledger)).toBe(PIECE);
  expect(isDefault(ledger, PAY_DUE_SEC, 1_000_000)).toBe(false);
  serve(0, 40_000, [0, 1, 2]);
  expect(isDefault(ledger, PAY_DUE_SEC, 43_000)).toBe(true);
});

test("pieces are due one after the other: the time of each runs from the payment of its predecessor", () => {
  ledger = { ...ledger, grownBytes: 8 * PIECE };
  serve(0, 0);
  serve(1, 0);
  pay(1, 2_000);
  expect(isDefault(ledger, PAY_DUE_SEC, 4_999)).toBe(false);
  expect(isDefault(ledger, PAY_DUE_SEC, 5_000)).toBe(true);
});

test("the time to pay stands still while no lane could pay, and starts again with the next lane", () => {
  serve(0, 0);
  ledger = lanesChanged(ledger, [lane(0)], () => false, 1_000);
  expect(isPayable(ledger)).toBe(false);
  expect(debtBytes(ledger)).toBe(PIECE);
  pay(0, 60_000);
  expect(isPayable(ledger)).toBe(true);
  const small = { ...lane(0), allotment: { ...lane(0).allotment, cap: owed(PIECE - 1, PRICE) } };
  ledger = lanesChanged(ledger, [small], () => true, 61_000);
  expect(isPayable(ledger)).toBe(false);
});

test("paying one unit buys no time", () => {
  serve(0, 0);
  ledger = lanesChanged(ledger, [{ ...lane(0), amount: 1n }], () => true, 2_000);
  expect(isDefault(ledger, PAY_DUE_SEC, 3_000)).toBe(true);
});

test("a bad piece in the middle is not due, and the others still are", () => {
  ledger = { ...ledger, grownBytes: 8 * PIECE };
  for (const piece of [0, 1, 2]) serve(piece, 0);
  ledger = forgivePiece(ledger, sends, 1);
  expect(debtBytes(ledger)).toBe(2 * PIECE);
  pay(1, 0);
  expect(isDefault(ledger, PAY_DUE_SEC, 3_000)).toBe(true);
  pay(2, 0);
  expect(isDefault(ledger, PAY_DUE_SEC, 1_000_000)).toBe(false);
});
