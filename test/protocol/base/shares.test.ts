import { expect, test } from "vitest";
import { Shares } from "../../../protocol/base/shares.ts";

test("each key holds at most its share, and may take again what it gave back", () => {
  const shares = new Shares(2);
  expect([shares.take("a"), shares.take("a"), shares.take("a"), shares.take("b")]).toEqual([true, true, false, true]);
  shares.release("a");
  expect([shares.take("a"), shares.take("a")]).toEqual([true, false]);
});

test("what was never taken gives nothing back", () => {
  const shares = new Shares(1);
  shares.release("a");
  expect([shares.take("a"), shares.take("a")]).toEqual([true, false]);
});
