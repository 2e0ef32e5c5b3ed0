import fc from "fast-check";
import { expect, test } from "vitest";
import { checkLayout, choosePieceLength, layOut } from "../../../../client/torrent/making/lay-out.ts";
import { MAX_PIECE_LENGTH, MAX_PIECES, MIN_PIECE_LENGTH } from "../../../../protocol/base/constants.ts";

const PIECE = 65_536;
const sizes = fc.array(fc.oneof(fc.constant(0), fc.constant(PIECE), fc.integer({ min: 1, max: 3 * PIECE })), {
  minLength: 1,
  maxLength: 30,
});
const layOutSizes = (list: readonly number[], isPaid: boolean) =>
  layOut(
    list.map((sizeBytes) => ({ sizeBytes })),
    { pieceLength: PIECE, isPaid },
  );

test("each file of paid content starts and ends with a piece", () => {
  fc.assert(
    fc.property(sizes, (list) => {
      const sections = layOutSizes(list, true);
      const files = sections.filter(({ type }) => type === "file").map(({ sizeBytes }) => sizeBytes);
      expect(files).toEqual(list);
      let offset = 0;
      for (const { type, sizeBytes } of sections) {
        if (type === "file" && sizeBytes > 0) expect(offset % PIECE).toBe(0);
        if (type === "padding") expect(sizeBytes).toBeLessThan(PIECE);
        offset += sizeBytes;
      }
      expect(offset % PIECE).toBe(0);
    }),
  );
});

test("free content is padded only where that is cheap", () => {
  const types = (list: readonly number[]) => layOutSizes(list, false).map(({ type }) => type);
  expect(types([1, 1])).toEqual(["file", "file"]);
  expect(types([100 * PIECE - 1, 5])).toEqual(["file", "padding", "file", "padding"]);
});

test("pieces are powers of two, and few enough for contents of 3 TiB", () => {
  const size = fc.oneof(
    fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    fc.maxSafeInteger().map((n) => 1 + (Math.abs(n) % (3 * 2 ** 40))),
  );
  fc.assert(
    fc.property(size, (sizeBytes) => {
      const length = choosePieceLength(sizeBytes);
      expect(Number.isInteger(Math.log2(length))).toBe(true);
      expect(length).toBeGreaterThanOrEqual(MIN_PIECE_LENGTH);
      expect(length).toBeLessThanOrEqual(MAX_PIECE_LENGTH);
      expect(Math.ceil(sizeBytes / length)).toBeLessThanOrEqual(MAX_PIECES);
    }),
  );
  expect(choosePieceLength(2 ** 40)).toBe(16 * 1024 * 1024);
  expect(choosePieceLength(100 * 2 ** 30)).toBe(4 * 1024 * 1024);
});

test.each([
  ["nothing at all", "FILE_EMPTY", [0, 0]],
  ["a few bytes in many pieces", "FILE_TOO_SMALL", Array.from({ length: 100 }, () => 1_000)],
])("%s: %s", (_name, code, list) => {
  const sections = layOutSizes(list, true);
  const check = () => checkLayout("folder", sections, { pieceLength: PIECE, isPaid: true });
  expect(check).toThrow(expect.objectContaining({ code }));
});
