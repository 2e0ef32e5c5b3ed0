import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emptyLaneState, type LaneBook, type LaneState } from "../../../audit/facts/lane-book.ts";
import { MemoryLaneBook } from "../../../audit/replay/memory-lane-book.ts";
import { createSqliteLaneBook } from "../../../audit/session/sqlite-lane-book.ts";
import { openStateFile, type StateFile } from "../../../audit/session/state-file.ts";

const ALICE = `0x${"A1".repeat(20)}`;
const BOB = `0x${"B0".repeat(20)}`;
const GREAT = 2n ** 96n - 1n;

let file: StateFile;
beforeEach(() => {
  file = openStateFile(null);
});
afterEach(() => file[Symbol.dispose]());

/** All parts as one. */
function gather(parts: Iterable<LaneState>): LaneState {
  const all = emptyLaneState();
  for (const part of parts) {
    for (const id of part.usedLanes) all.usedLanes.add(id);
    for (const [id, record] of part.paid) all.paid.set(id, record);
    for (const [batch, hash] of part.outcomeHashes) all.outcomeHashes.set(batch, hash);
    for (const id of part.depositIds) all.depositIds.add(id);
  }
  return all;
}

describe.each([
  ["in memory", (): LaneBook => new MemoryLaneBook()],
  ["in a file", (): LaneBook => createSqliteLaneBook(file.database)],
])("a lane book %s", (_where, open) => {
  test("knows nothing at first", () => {
    const book = open();
    expect([book.isUsed(ALICE, 1), book.batchPayment(ALICE, 1), book.paid(ALICE, 1, BOB), book.outcomeHash(1)]).toEqual(
      [false, null, null, null],
    );
    expect(gather(book.changedSince(0))).toEqual(emptyLaneState());
  });

  test("keeps what a batch paid, to the last unit, when a claim uses the lane, too", () => {
    const book = open();
    book.setBatchPayment(ALICE, 7, { batch: 3, payee: BOB, amount: GREAT }, 10);
    book.use(ALICE, 7, 11);
    expect(book.batchPayment(ALICE, 7)).toEqual({ batch: 3, payee: BOB, amount: GREAT });
    expect([book.isUsed(ALICE, 7), book.isUsed(ALICE, 8), book.isUsed(BOB, 7)]).toEqual([true, false, false]);
  });

  test("knows a lane that only a claim has used as one without a payment", () => {
    const book = open();
    book.use(BOB, 2 ** 32 - 1, 10);
    expect([book.isUsed(BOB, 2 ** 32 - 1), book.batchPayment(BOB, 2 ** 32 - 1)]).toEqual([true, null]);
  });

  test("keeps the last record of a claim, and each batch's outcome", () => {
    const book = open();
    book.setPaid(ALICE, 1, BOB, { amount: 5n, hasClosedLane: true }, 10);
    book.setPaid(ALICE, 1, BOB, { amount: GREAT, hasClosedLane: true }, 11);
    book.setOutcomeHash(1, "0xaa", 10);
    expect(book.paid(ALICE, 1, BOB)).toEqual({ amount: GREAT, hasClosedLane: true });
    expect(book.paid(ALICE, 1, ALICE)).toBeNull();
    expect(book.outcomeHash(1)).toBe("0xaa");
  });

  test("knows the numbers of a payer's deposits, however often they come", () => {
    const book = open();
    for (const block of [10, 11]) book.useDepositId(ALICE, "0x01", block);
    expect([book.isDepositIdUsed(ALICE, "0x01"), book.isDepositIdUsed(ALICE, "0x02")]).toEqual([true, false]);
    expect(book.isDepositIdUsed(BOB, "0x01")).toBe(false);
  });

  test("lists all of it, however much", () => {
    const book = open();
    for (let lane = 0; lane < 1_500; lane++) {
      book.setBatchPayment(lane % 2 === 0 ? ALICE : BOB, lane, { batch: lane, payee: BOB, amount: 1n }, 10);
      book.setPaid(ALICE, lane, lane % 2 === 0 ? ALICE : BOB, { amount: BigInt(lane), hasClosedLane: false }, 10);
      book.setOutcomeHash(lane, `0x${lane}`, 10);
      book.useDepositId(lane % 2 === 0 ? ALICE : BOB, `0x${lane}`, 10);
    }
    const { usedLanes, paid, outcomeHashes, depositIds } = gather(book.changedSince(0));
    expect([usedLanes.size, paid.size, outcomeHashes.size, depositIds.size]).toEqual([1_500, 1_500, 1_500, 1_500]);
    expect(depositIds.has(`${BOB}/0x1499`)).toBe(true);
    expect(usedLanes.has(`${BOB}/1499`)).toBe(true);
    expect(paid.get(`${ALICE}/1499/${BOB}`)).toEqual({ amount: 1_499n, hasClosedLane: false });
    expect(outcomeHashes.get(1_499)).toBe("0x1499");
  });
});

test("a lane book in a file lists what has changed since a block", () => {
  const book = createSqliteLaneBook(file.database);
  book.use(ALICE, 1, 10);
  book.use(ALICE, 2, 11);
  book.setPaid(ALICE, 1, BOB, { amount: 1n, hasClosedLane: true }, 10);
  book.setOutcomeHash(1, "0xaa", 10);
  book.setOutcomeHash(2, "0xbb", 12);
  book.useDepositId(ALICE, "0x01", 10);
  book.useDepositId(ALICE, "0x02", 12);
  expect(gather(book.changedSince(11))).toEqual({
    usedLanes: new Set([`${ALICE}/2`]),
    paid: new Map(),
    outcomeHashes: new Map([[2, "0xbb"]]),
    depositIds: new Set([`${ALICE}/0x02`]),
  });
});
