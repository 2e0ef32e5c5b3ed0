import { expect, test } from "vitest";
import { createRateHistory } from "../../../client/local-api/rate-history.ts";

test("keeps the rates of half an hour, the oldest first", () => {
  const history = createRateHistory();
  const early = history.read();
  for (let i = 0; i < 400; i++) history.add({ rateDown: i, rateUp: 2 * i });

  const { stepSec, down, up } = history.read();
  expect(stepSec * down.length).toBe(1_800);
  expect([down[0], down.at(-1)]).toEqual([40, 399]);
  expect([up[0], up.at(-1)]).toEqual([80, 798]);
  expect(early.down).toEqual([]);
});
