import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { ProtocolError } from "../../../protocol/base/errors.ts";
import { decodeBencode } from "../../../protocol/bittorrent/bencode.ts";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** Bencode of a good torrent: 100,000 bytes in pieces of 65,536. `change` edits its text. */
function torrent(change: (text: string) => string = (text) => text): Uint8Array {
  const pieces = "p".repeat(40);
  const info = `d6:lengthi100000e4:name5:a.bin12:piece lengthi65536e6:pieces40:${pieces}7:privatei1ee`;
  return bytes(change(`d8:announce21:http://tracker/announ4:info${info}e`));
}

describe("decodeBencode", () => {
  test.each([
    ["i1e trailing", "i1ei2e"],
    ["a leading zero", "i01e"],
    ["a negative zero", "i-0e"],
    ["an empty integer", "ie"],
    ["a string cut off", "5:abc"],
    ["a negative length", "-1:a"],
    ["a length with a leading zero", "03:abc"],
    ["a key twice", "d1:ai1e1:ai2ee"],
    ["unsorted keys", "d1:bi1e1:ai2ee"],
    ["a key that is no string", "di1ei2ee"],
    ["no end", "l"],
    ["nothing", ""],
    ["deep nesting", "l".repeat(100) + "e".repeat(100)],
  ])("refuses %s", (_name, text) => {
    expect(() => decodeBencode(bytes(text), true)).toThrow(ProtocolError);
  });

  test.each([
    ["empty dictionaries", `l${"de".repeat(500_000)}e`],
    ["integers", `l${"i0e".repeat(500_000)}e`],
    ["empty strings", `l${"0:".repeat(500_000)}e`],
    ["empty strings as keys", `d${"0:".repeat(500_000)}e`],
    ["lists in lists", `l${"lleee".repeat(200_000)}e`],
    ["integers without an end", "i".repeat(1_000_000)],
    ["strings without an end", "9:".repeat(1)],
    ["lengths without an end", "9".repeat(1_000_000)],
  ])("makes no objects of a text of nothing but %s", (_name, text) => {
    const made = vi.spyOn(Map.prototype, "set");
    const before = made.mock.calls.length;
    expect(() => decodeBencode(bytes(text), true)).toThrow(ProtocolError);
    expect(made.mock.calls.length).toBe(before);
    made.mockRestore();
  });

  test("counts values, not bytes: a value more than is allowed is refused", () => {
    const text = "d1:ali1ei2eee";
    expect(decodeBencode(bytes(text), true, 5)).toBeDefined();
    expect(() => decodeBencode(bytes(text), true, 4)).toThrow("more than 4 values");
    // What looks like values within a string is none.
    expect(decodeBencode(bytes("10:dedededede"), true, 1)).toHaveLength(10);
  });

  test("takes unsorted keys where nothing is hashed", () => {
    expect(decodeBencode(bytes("d1:bi1e1:ai2ee"), false)).toMatchObject({
      entries: new Map([
        ["b", 1n],
        ["a", 2n],
      ]),
    });
  });

  test("never throws anything but ProtocolError", () => {
    const soup = fc.array(fc.constantFrom("d", "l", "i", "e", "1", "0", "-", ":", "a"), { maxLength: 40 });
    fc.assert(
      fc.property(soup, (parts) => {
        try {
          decodeBencode(bytes(parts.join("")), false);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("parseMetainfo", () => {
  test("reads a good torrent", () => {
    expect(parseMetainfo(torrent())).toEqual({
      infoHash: "bdae6d5e7d7a360a08d663955343f6541b927abc",
      name: "a.bin",
      files: [{ path: "a.bin", sizeBytes: 100_000 }],
      sizeBytes: 100_000,
      padding: new Map(),
      pieceLength: 65_536,
      pieceCount: 2,
      isSingleFile: true,
      isPrivate: true,
      trackerUrl: "http://tracker/announ",
      foreignSources: [],
    });
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ["no info", (text) => text.replace("4:info", "4:inpo"), /info dictionary/],
    ["a length that fits other pieces", (text) => text.replace("i100000e", "i300000e"), /do not make 2 pieces/],
    ["an odd piece length", (text) => text.replace("i65536e", "i65537e"), /piece length of 65537/],
    ["a negative length", (text) => text.replace("i100000e", "i-10000e"), /length is malformed/],
    ["a name that leads out", (text) => text.replace("5:a.bin", "2:.."), /leads out of the directory/],
    ["a name with a separator", (text) => text.replace("a.bin", "a/bin"), /path separator/],
    ["a name with an escape character", (text) => text.replace("a.bin", "a\u001bbin"), /control or invisible/],
    ["a name that is not UTF-8", (text) => text.replace("a.bin", "a\u00ffbin"), /not UTF-8/],
    ["a device of the console", (text) => text.replace("5:a.bin", "8:CONIN$.x"), /device name/],
    ["a device name", (text) => text.replace("5:a.bin", "7:aux.bin"), /device name/],
    [
      "a version 2 torrent",
      (text) => text.replace("6:lengthi100000e", "6:lengthi100000e12:meta versioni2e"),
      /version 1/,
    ],
    ["both length and files", (text) => text.replace("d6:length", "d5:filesle6:length"), /both a length and files/],
  ])("refuses %s", (_name, change, message) => {
    expect(() => parseMetainfo(torrent(change))).toThrow(message);
  });

  /** Bencode of a torrent with these files, each of 1,000 bytes. */
  function folder(...paths: string[]): Uint8Array {
    const file = (path: string) => `d6:lengthi1000e4:pathl${path.split("/").map(string).join("")}ee`;
    const string = (text: string) => `${Buffer.byteLength(text)}:${text}`;
    const info = `d5:filesl${paths.map(file).join("")}e4:name5:album12:piece lengthi16384e6:pieces20:${"p".repeat(20)}e`;
    return Buffer.from(`d4:info${info}e`);
  }

  test.each([
    ["one name twice", ["a", "a"]],
    ["names that differ in case", ["a/B", "A/b"]],
    ["names that differ in composition", ["\u00fc", "u\u0308"]],
    ["both of a final sigma", ["ΟΔΟΣ", "οδος", "οδοσ"]],
    ["a file beside a folder of its name", ["a", "a/b"]],
    ["a folder beside a file of its name", ["a/b", "A"]],
    ["a file deep within another", ["a/b", "a/b/c/d"]],
  ])("refuses %s", (_name, paths) => {
    expect(() => parseMetainfo(folder(...paths))).toThrow(/in each other's way/);
  });

  test("takes many files in shared folders, and words of all scripts", () => {
    const paths = ["a/b", "a/c", "b/a", "می\u200cخواهم", "👩\u200d👧"];
    expect(parseMetainfo(folder(...paths))).toMatchObject({
      sizeBytes: 5_000,
      files: paths.map((path) => ({ path, sizeBytes: 1_000 })),
    });
  });

  /** A folder of files of so many bytes; negative: padding. Pieces of 16 KiB. */
  function padded(...sizes: number[]): Uint8Array {
    const files = sizes.map((size, i) => {
      const name = `file ${i}`;
      const attributes = size < 0 ? "4:attr1:p" : "";
      return `d${attributes}6:lengthi${Math.abs(size)}e4:pathl${size < 0 ? "4:.pad2:99" : `${name.length}:${name}`}ee`;
    });
    const length = sizes.reduce((sum, size) => sum + Math.abs(size), 0);
    const pieces = "p".repeat(20 * Math.ceil(length / 16_384));
    const info = `d5:filesl${files.join("")}e4:name5:album12:piece lengthi16384e6:pieces${pieces.length}:${pieces}e`;
    return Buffer.from(`d4:info${info}e`);
  }

  test("padding is no file, has no size, and may have one name many times", () => {
    expect(parseMetainfo(padded(1_000, -15_384, 0, 20_000, -12_768, 5))).toMatchObject({
      files: [
        { path: "file 0", sizeBytes: 1_000 },
        { path: "file 2", sizeBytes: 0 },
        { path: "file 3", sizeBytes: 20_000 },
        { path: "file 5", sizeBytes: 5 },
      ],
      sizeBytes: 21_005,
      pieceCount: 4,
      padding: new Map([
        [0, 15_384],
        [2, 12_768],
      ]),
    });
  });

  test.each([
    ["that ends within a piece", [1_000, -1_000, 5_000]],
    ["that makes a piece by itself", [16_384, -16_384, 5]],
    ["that is longer than a piece", [1_000, -31_768, 5]],
    ["of nothing", [16_384, -0.0000001, 5]],
  ])("refuses padding %s", (_name, sizes) => {
    const text = Buffer.from(padded(...sizes))
      .toString("latin1")
      .replace("i1e-7e", "i0e");
    expect(() => parseMetainfo(Buffer.from(text, "latin1"))).toThrow(/padding does not end with a piece/);
  });

  test("names what leads to other trackers", () => {
    const found = parseMetainfo(torrent((text) => text.replace(/e$/, "5:nodeslee")));
    expect(found.foreignSources).toEqual(["nodes"]);
  });
});
