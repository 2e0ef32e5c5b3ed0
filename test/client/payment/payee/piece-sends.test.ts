import { beforeEach, expect, test } from "vitest";
import { PieceSends } from "../../../../client/payment/payee/piece-sends.ts";

const BLOCK = 16_384;
const BYTES = 3 * BLOCK + 5;

let sends: PieceSends;
beforeEach(() => {
  sends = new PieceSends();
});
const send = (block: number, nowMs = 0): boolean =>
  sends.record(7, BYTES, block * BLOCK, block === 3 ? 5 : BLOCK, nowMs);
const sendAll = (): boolean[] => [0, 1, 2, 3].map((block) => send(block));

test("a piece is begun with its first block, and complete once, with its last", () => {
  expect(sends.isBegun(7)).toBe(false);
  expect(sendAll()).toEqual([false, false, false, true]);
  expect(sends.isComplete(7)).toBe(true);
  expect(sends.incomplete).toBe(0);
  expect(send(3)).toBe(false);
  expect(sends.pieceBytes(7)).toBe(BYTES);
});

test("each block is counted, also through a range that touches several", () => {
  send(1);
  send(1);
  expect([0, 1, 2].map((block) => sends.sentTimes(7, block * BLOCK, BLOCK))).toEqual([0, 2, 0]);
  expect(sends.sentTimes(7, 0, BYTES)).toBe(2);
});

test("a block that was not sent after all is missing again, unless an earlier copy was sent", () => {
  sendAll();
  send(0);
  sends.undo(7, 0, BLOCK);
  expect(sends.isComplete(7)).toBe(true);
  sends.undo(7, 0, BLOCK);
  expect(sends.isComplete(7)).toBe(false);
  expect(sends.sentTimes(7, 0, BLOCK)).toBe(0);
  expect(send(0)).toBe(true);
});

test("a reopened piece is complete when every block was sent once more; the counts go on", () => {
  sendAll();
  sends.reopen(7);
  expect(sends.isBegun(7)).toBe(true);
  expect(sends.incomplete).toBe(1);
  expect(sendAll()).toEqual([false, false, false, true]);
  expect(sends.sentTimes(7, 0, BLOCK)).toBe(2);
});

test("an abandoned piece is not begun, and its blocks stay counted", () => {
  send(0);
  sends.abandon(7);
  expect(sends.isBegun(7)).toBe(false);
  expect(sends.incomplete).toBe(0);
  expect(sends.sentTimes(7, 0, BLOCK)).toBe(1);
  expect(sendAll()).toEqual([false, false, false, true]);
});

test("lists as idle the pieces that are incomplete and untouched since a time", () => {
  send(0, 100);
  sends.record(8, BYTES, 0, BLOCK, 200);
  expect(sends.listIdle(99)).toEqual([]);
  expect(sends.listIdle(100)).toEqual([7]);
  expect(sends.listIdle(200)).toEqual([7, 8]);
});

test("a piece that was sent and paid is bought anew; one that is not complete goes on", () => {
  const sends = new PieceSends();
  for (let times = 0; times < 3; times++) sends.record(0, 2 * BLOCK, 0, 2 * BLOCK, 0);
  sends.record(1, 2 * BLOCK, 0, BLOCK, 0);
  sends.settle();
  expect([sends.isBegun(0), sends.sentTimes(0, 0, BLOCK)]).toEqual([false, 0]);
  expect([sends.isBegun(1), sends.sentTimes(1, 0, BLOCK)]).toEqual([true, 1]);
  expect(sends.record(0, 2 * BLOCK, 0, BLOCK, 0)).toBe(false);
  expect(sends.record(0, 2 * BLOCK, BLOCK, BLOCK, 0)).toBe(true);
  expect([sends.isComplete(0), sends.sentTimes(0, 0, BLOCK)]).toEqual([true, 1]);
});
