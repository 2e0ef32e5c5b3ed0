import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const TESTS = join(import.meta.dirname, "..");
const PAGE = readFileSync(join(TESTS, "../docs/losses.md"), "utf8");

/** Rows of the table of what went wrong once: what, and which tests. */
const rows = PAGE.slice(PAGE.indexOf("## What went wrong once"))
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, what = "", tests = ""]) => [what, tests] as const);

const names = readdirSync(TESTS, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
const texts = names.map((name) => readFileSync(join(TESTS, name), "utf8"));

describe("what went wrong once", () => {
  test("is a table", () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  test.each(rows)("%s: the tests that are named are there", (_, tests) => {
    for (const [, words = ""] of tests.matchAll(/"([^"]+)"/g))
      expect(
        texts.some((text) => text.includes(words)),
        words,
      ).toBe(true);
    const [first = ""] = tests.split(/[:;,]/);
    const places = [first, `${first}.test.ts`, `${first}.properties.test.ts`];
    expect(places.some((place) => existsSync(join(TESTS, place)))).toBe(true);
  });
});
