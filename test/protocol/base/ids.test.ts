import { describe, expect, test } from "vitest";
import { parseAddress, parseHexBytes, parseInfoHash, toChecksumAddress } from "../../../protocol/base/ids.ts";

/** EIP-55's own examples. */
const CHECKSUMMED = [
  "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
  "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
  "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
];

describe("ids", () => {
  test.each(CHECKSUMMED)("%s keeps its checksum", (text) => {
    expect(toChecksumAddress(parseAddress(text))).toBe(text);
    expect(parseAddress(text.toLowerCase())).toBe(text.toLowerCase());
  });

  test("a wrong checksum, length or digit is refused", () => {
    const [first] = CHECKSUMMED as [string];
    for (const wrong of [first.replace("5aA", "5AA"), first.slice(0, -1), `${first.slice(0, -1)}g`, "", "0x"]) {
      expect(() => parseAddress(wrong), wrong).toThrow(expect.objectContaining({ code: "ADDRESS_INVALID" }));
    }
  });

  test("infohashes are 40 hex digits, kept in lower case", () => {
    expect(parseInfoHash("AB".repeat(20))).toBe("ab".repeat(20));
    expect(() => parseInfoHash("ab".repeat(19))).toThrow(expect.objectContaining({ code: "INFOHASH_INVALID" }));
  });

  test("hex has exactly the expected length", () => {
    expect(parseHexBytes("0x0aFF", 2)).toEqual(Uint8Array.of(10, 255));
    expect(() => parseHexBytes("0x0aff00", 2)).toThrow(expect.objectContaining({ code: "HEX_INVALID" }));
    expect(() => parseHexBytes("0x0agg", 2)).toThrow(expect.objectContaining({ code: "HEX_INVALID" }));
  });
});
