import { describe, expect, test } from "vitest";
import { findFullFolders, findLongFiles, findLongFunctions } from "../../../scripts/checks/sizes.ts";

const repeat = (line: string, count: number): string[] => Array<string>(count).fill(line);

describe("sizes", () => {
  test("a file of 300 lines is not too long, one of 301 is", () => {
    const fits = { path: "client/fits.ts", lines: [...repeat("x", 300), ""] };
    const long = { path: "client/long.ts", lines: [...repeat("x", 301), ""] };

    expect(findLongFiles([fits, long])).toEqual([expect.stringContaining("client/long.ts has 301 lines")]);
  });

  test("the contract may be longer", () => {
    expect(findLongFiles([{ path: "contracts/Floodgate.sol", lines: repeat("x", 600) }])).toEqual([]);
  });

  test("a folder holds at most 20 files, those of its folders aside", () => {
    const files = repeat("", 20).map((_, index) => `client/${index}.ts`);

    expect(findFullFolders([...files, "client/store/a.ts"])).toEqual([]);
    expect(findFullFolders([...files, "client/b.ts"])).toEqual([expect.stringContaining("client holds 21 files")]);
  });

  test.each([
    ["function helper(): void {", "}"],
    ["async function helper(count: number): Promise<number> {", "}"],
    ["const helper = async () => {", "};"],
    ['  test("does something", () => {', "  });"],
    ["  async close(): Promise<void> {", "  }"],
  ])("%s is too long with 81 lines", (first, last) => {
    const of = (count: number) => [{ path: "test/a.test.ts", lines: [first, ...repeat("    x();", count), last] }];

    expect(findLongFunctions(of(80))).toEqual([]);
    expect(findLongFunctions(of(81))).toEqual([expect.stringContaining("test/a.test.ts:1 is a function of 81")]);
  });

  test.each(['describe("things", () => {', "if (isLong) {", "class Long {"])("%s is no function", (first) => {
    expect(findLongFunctions([{ path: "a.test.ts", lines: [first, ...repeat("  x();", 100), "}"] }])).toEqual([]);
  });
});
