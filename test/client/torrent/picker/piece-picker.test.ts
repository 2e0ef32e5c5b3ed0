import { beforeEach, describe, expect, test } from "vitest";
import type { PieceOrder } from "../../../../client/torrent/picker/piece-order.ts";
import { PiecePicker } from "../../../../client/torrent/picker/piece-picker.ts";

const PIECES = 6;

let picker: PiecePicker;
beforeEach(() => start("sequential"));

function start(order: PieceOrder): void {
  picker = new PiecePicker({ pieceCount: PIECES, order, random: () => 0 });
  for (let piece = 0; piece < PIECES; piece++) picker.want(piece);
}

function connect(wireId: string, pieces = Array.from({ length: PIECES }, (_, piece) => piece)): void {
  picker.addWire(wireId, `remote of ${wireId}`);
  for (const piece of pieces) picker.setHas(wireId, piece, true);
}

/** Assigns pieces and begins them. */
function begin(wireId: string, count: number): number[] {
  const pieces = picker.stored(wireId, picker.pick(wireId, count));
  for (const piece of pieces) picker.begin(wireId, piece);
  return pieces;
}

const none = (): boolean => false;
const all = (): boolean => true;

describe("a piece", () => {
  test("has one source at a time", () => {
    connect("a");
    connect("b");

    expect(picker.pick("a", 4)).toEqual([0, 1, 2, 3]);
    expect(picker.pick("b", 4)).toEqual([4, 5]);
    expect([picker.assignedTo("a"), picker.assignedTo("b"), picker.ownerOf(4)]).toEqual([4, 2, "b"]);
  });

  test("may not be begun before its record is stored", () => {
    connect("a");
    picker.pick("a", 1);

    expect(() => picker.begin("a", 0)).toThrow(expect.objectContaining({ code: "PIECE_NOT_ASSIGNED" }));
  });

  test("that is verified is no longer missing, and names its source", () => {
    connect("a");
    begin("a", 2);

    expect([picker.verified(0), picker.verified(5), picker.verified(0)]).toEqual(["a", null, null]);
    expect(picker.missing).toBe(4);
  });

  test("that its remote refused is not asked for there until the remote announces it again", () => {
    connect("a");
    picker.pick("a", 1);
    picker.refuse("a", 0);

    expect(picker.pick("a", 1)).toEqual([1]);
    picker.setHas("a", 0, true);
    expect(picker.pick("a", 1)).toEqual([0]);
  });
});

describe("a wire is asked", () => {
  test("first for pieces that its remote began, in that order", () => {
    picker.link(4, "remote of a");
    picker.link(2, "remote of a");
    picker.link(0, "remote of b");
    connect("a");

    expect(picker.pick("a", PIECES)).toEqual([4, 2, 1, 3, 5, 0]);
  });

  test("last for pieces that came from it with a wrong hash", () => {
    connect("a");
    begin("a", 1);
    expect(picker.failed(0)).toBe("a");

    expect(picker.pick("a", PIECES)).toEqual([1, 2, 3, 4, 5, 0]);
  });

  test("for the pieces that fewest wires have, when order does not matter", () => {
    start("rarest");
    connect("a");
    connect("b", [0, 1, 2, 3]);
    connect("c", [0, 1]);

    expect(picker.pick("a", 2).toSorted()).toEqual([4, 5]);
    expect(picker.pick("a", 2).toSorted()).toEqual([2, 3]);
  });

  test("for pieces from the reader on, then for those before it", () => {
    connect("a");
    picker.readFrom(4);

    expect(picker.pick("a", PIECES)).toEqual([4, 5, 0, 1, 2, 3]);
  });

  test("in the reader's order while somebody reads, whatever the order was, and not after that", () => {
    start("rarest");
    connect("a");
    connect("b", [3, 4, 5]);
    picker.readFrom(3);
    expect(picker.pick("a", 2)).toEqual([3, 4]);

    picker.readFrom(null);
    expect(picker.pick("a", 3).toSorted()).toEqual([0, 1, 2]);
  });
});

describe("a wire that finds nothing free", () => {
  beforeEach(() => {
    connect("slow");
    connect("idle");
  });

  test("steals the last ready piece of the wire that has most, never a begun one", () => {
    picker.stored("slow", picker.pick("slow", PIECES));
    picker.begin("slow", 0);

    expect(picker.steal("idle")).toEqual({ from: "slow", piece: 5 });
    expect(picker.ownerOf(5)).toBe("idle");
    for (const piece of [1, 2, 3, 4]) picker.begin("slow", piece);
    expect(picker.steal("idle")).toBeNull();
  });

  test("takes over the oldest begun piece of a silent wire, unless it is complete", () => {
    begin("slow", PIECES);

    expect(picker.takeOver("idle", none, none)).toBeNull();
    expect(picker.takeOver("idle", all, all)).toBeNull();
    expect(picker.takeOver("idle", all, (piece) => piece === 0)).toEqual({ from: "slow", piece: 1 });
    expect(picker.ownerOf(1)).toBe("idle");
  });
});

test("a wire that goes gives back its pieces, but for those whose hash is under way", () => {
  connect("a");
  connect("b");
  begin("a", 3);

  expect(picker.release("a", (piece) => piece === 1)).toEqual([0, 2]);
  picker.removeWire("a");
  expect(picker.pick("b", PIECES)).toEqual([3, 4, 5, 0, 2]);
  expect(picker.verified(1)).toBe("a");
});
