import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printable } from "../../../protocol/base/text.ts";
import {
  bytesCovered,
  formatAmount,
  formatBytes,
  owed,
  parseAmount,
  parseBaseUnits,
} from "../../../protocol/base/units.ts";

describe("amounts", () => {
  test.each([
    ["0", 0n],
    ["12.5", 12_500_000n],
    ["0.000001", 1n],
    ["79228162514264337593543.950335", 2n ** 96n - 1n],
  ])("parses %s with 6 decimals", (text, amount) => {
    expect(parseAmount(text, 6)).toBe(amount);
  });

  test.each([
    "",
    "-1",
    "+1",
    "1e3",
    "1,5",
    "1.",
    ".5",
    "0.0000001",
    "0x10",
    " 1",
    "NaN",
    "79228162514264337593543.950336",
  ])("refuses %j", (text) => {
    expect(() => parseAmount(text, 6)).toThrow(expect.objectContaining({ code: "AMOUNT_INVALID" }));
  });

  test.each(["01", "1.0", "-1", "", "79228162514264337593543950336"])("refuses %j as base units", (text) => {
    expect(() => parseBaseUnits(text)).toThrow(expect.objectContaining({ code: "AMOUNT_INVALID" }));
  });

  test("formatting and parsing are inverse", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 96n - 1n), fc.integer({ min: 0, max: 18 }), (amount, decimals) => {
        expect(parseAmount(formatAmount(amount, decimals), decimals)).toBe(amount);
      }),
    );
  });

  test("prints all decimals and the sign", () => {
    expect(formatAmount(1_500_000n, 6)).toBe("1.500000");
    expect(formatAmount(-1n, 6)).toBe("-0.000001");
    expect(formatAmount(42n, 0)).toBe("42");
  });
});

describe("owed", () => {
  test("rounds down, from the running total", () => {
    expect(owed(2 ** 30, 10_000n)).toBe(10_000n);
    expect(owed(2 ** 30 - 1, 10_000n)).toBe(9_999n);
    expect(owed(0, 10_000n)).toBe(0n);
  });

  test("bytesCovered is the greatest byte count that costs no more", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 9n), fc.bigInt(1n, 10n ** 9n), (amount, price) => {
        const bytes = bytesCovered(amount, price);
        fc.pre(Number.isSafeInteger(bytes + 1));
        expect(owed(bytes, price)).toBeLessThanOrEqual(amount);
        expect(owed(bytes + 1, price)).toBeGreaterThan(amount);
      }),
    );
  });

  test("a byte count that is no count stops the program", () => {
    expect(() => owed(-1, 1n)).toThrow(expect.objectContaining({ code: "BYTES_INVALID" }));
    expect(() => owed(0.5, 1n)).toThrow(expect.objectContaining({ code: "BYTES_INVALID" }));
  });
});

describe("text for terminals", () => {
  test("control and bidirectional characters are replaced", () => {
    expect(printable("a\u001b[31mb\u202ec\u0000")).toBe("a\ufffd[31mb\ufffdc\ufffd");
    expect(printable("x".repeat(100))).toHaveLength(80);
  });

  test("bytes carry a binary unit", () => {
    expect(formatBytes(512)).toBe("512 B");
    expect(formatBytes(131_072)).toBe("128.0 KiB");
    expect(formatBytes(121 * 1024 * 1024)).toBe("121.0 MiB");
  });
});
