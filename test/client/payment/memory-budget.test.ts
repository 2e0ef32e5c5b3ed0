import { expect, test } from "vitest";
import { CONNECTION_RULES } from "../../../client/payment/connection-places.ts";
import { memoryBudget } from "../../../client/payment/voucher-node.ts";
import { type Holder, judgeNewcomer } from "../../../client/places.ts";

const MB = 1_000_000;

/** How many connections hold places after `count` have come, all at once, from these hosts. */
function placesAfter(count: number, hostOf: (i: number) => string, isAccepted: boolean): number {
  const holders = new Map<number, Holder<number>>();
  for (let i = 0; i < count; i++) {
    const newcomer = { host: hostOf(i), isKnown: isAccepted };
    const verdict = judgeNewcomer([...holders.values()], newcomer, CONNECTION_RULES, 0);
    if (verdict.type === "replace") holders.delete(verdict.id);
    if (verdict.type !== "refuse") holders.set(i, { id: i, host: newcomer.host, sinceMs: 0, isAccepted });
  }
  return holders.size;
}

test.each<[string, number, (i: number) => string, boolean, number]>([
  ["500 connections of one host that buys nothing", 500, () => "10.0.0.1", false, 50 * MB],
  ["500 connections of 500 hosts that buy nothing", 500, (i) => `10.0.${i >> 8}.${i & 255}`, false, 330 * MB],
  ["500 customers, if all of them turned", 500, (i) => `10.0.${i >> 8}.${i & 255}`, true, 400 * MB],
])("%s can make a peer hold so much, and no more", (_who, count, hostOf, isAccepted, most) => {
  const places = placesAfter(count, hostOf, isAccepted);
  expect(places).toBeGreaterThan(0);
  expect(memoryBudget(places)).toBeLessThanOrEqual(most);
});
