import { expect, test } from "vitest";
import { createWarnOnce } from "../../../cli/content/warn-once.ts";

test("what fails at every announce is told once, also in turn with something else, and again after it worked", () => {
  const shown: string[] = [];
  const warn = createWarnOnce((message) => shown.push(message));
  for (let announce = 0; announce < 10; announce++) warn(announce % 2 === 0 ? "no tracker" : "refused");
  expect(shown).toEqual(["no tracker", "refused"]);
  warn.forget();
  warn("no tracker");
  expect(shown).toEqual(["no tracker", "refused", "no tracker"]);
});
