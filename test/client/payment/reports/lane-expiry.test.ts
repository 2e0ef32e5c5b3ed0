import { expect, test } from "vitest";
import { forgettableBefore } from "../../../../client/payment/reports/lane-expiry.ts";

const NOW = 1_800_000_000;
const DAY = 86_400;

test.each([
  ["lanes are kept for 31 days after their end", NOW, NOW, NOW - 31 * DAY],
  ["an authority whose clock is ahead cannot make a payee forget", NOW + 100 * DAY, NOW, NOW - 31 * DAY],
  ["a machine whose clock is ahead forgets nothing early either", NOW, NOW + 100 * DAY, NOW - 31 * DAY],
  ["a machine whose clock starts at zero forgets nothing", NOW, 0, 0],
])("%s", (_what, toldNow, machineNow, expected) => {
  expect(forgettableBefore(toldNow, machineNow)).toBe(expected);
});
