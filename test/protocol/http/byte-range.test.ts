import { describe, expect, test } from "vitest";
import { parseByteRange } from "../../../protocol/http/byte-range.ts";

const SIZE = 1000;

describe("a range of 1,000 bytes", () => {
  test.each([
    ["bytes=0-", 0, 999],
    ["bytes=0-0", 0, 0],
    ["bytes=0-499", 0, 499],
    ["bytes=500-999", 500, 999],
    ["bytes=999-", 999, 999],
    ["bytes=-1", 999, 999],
    ["bytes=-1000", 0, 999],
    ["bytes=-1001", 0, 999],
    ["bytes=990-5000", 990, 999],
    ["bytes=0-99999999999999999999999999", 0, 999],
    ["Bytes=1-2", 1, 2],
    [" bytes=1-2 ", 1, 2],
  ])("%s is from %i to %i", (header, start, end) => {
    expect(parseByteRange(header, SIZE)).toEqual({ start, end });
  });

  test.each(["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999-"])(
    "%s cannot be satisfied",
    (header) => {
      expect(parseByteRange(header, SIZE)).toBe("unsatisfiable");
    },
  );

  test.each([
    undefined,
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=2-1",
    "bytes=0-1,4-5",
    "bytes=a-b",
    "bytes=-1-2",
    "bytes=0x1-2",
    "bytes=1.5-2",
    "bytes = 1-2",
    "pieces=1-2",
  ])("%j asks for the whole file", (header) => {
    expect(parseByteRange(header, SIZE)).toBe("whole");
  });
});

test("an empty file has no ranges", () => {
  expect(parseByteRange("bytes=0-", 0)).toBe("unsatisfiable");
  expect(parseByteRange("bytes=-5", 0)).toBe("unsatisfiable");
  expect(parseByteRange(undefined, 0)).toBe("whole");
});
