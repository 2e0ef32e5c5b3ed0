import { expect, test } from "vitest";
import { type Holder, judgeNewcomer, listOverdue, type PlaceRules } from "../../client/places.ts";

const RULES: PlaceRules = { most: 6, mostOnLoan: 3, reserved: 1, graceMs: 100, loanMs: 1_000 };
const holder = (id: string, change: Partial<Holder<string>> = {}): Holder<string> => ({
  id,
  host: "10.0.0.1",
  sinceMs: 0,
  isAccepted: false,
  ...change,
});
const judge = (holders: readonly Holder<string>[], host = "10.0.0.9", isKnown = false, nowMs = 100) =>
  judgeNewcomer(holders, { host, isKnown }, RULES, nowMs);
const accepted = (count: number): Holder<string>[] =>
  Array.from({ length: count }, (_, i) => holder(`accepted-${i}`, { host: `10.0.1.${i}`, isAccepted: true }));

test("a free place is taken, except the last ones, which are for those that were accepted before", () => {
  expect(judge(accepted(4))).toEqual({ type: "take" });
  expect(judge(accepted(5))).toEqual({ type: "refuse" });
  expect(judge(accepted(5), "10.0.0.9", true)).toEqual({ type: "take" });
  expect(judge(accepted(6), "10.0.0.9", true)).toEqual({ type: "refuse" });
});

test("who was accepted keeps its place; of the others the oldest of the busiest host gives it up", () => {
  const holders = [
    ...accepted(2),
    holder("lonely", { host: "10.0.0.2", sinceMs: -50 }),
    holder("second", { sinceMs: -10 }),
    holder("first", { sinceMs: -20 }),
  ];
  expect(judge(holders)).toEqual({ type: "replace", id: "first" });
});

test("one host has few places on loan, whatever is free", () => {
  const holders = [holder("a", { sinceMs: -5 }), holder("b"), holder("c")];
  expect(judge(holders, "10.0.0.1")).toEqual({ type: "replace", id: "a" });
  expect(judge(holders, "10.0.0.1", false, 50)).toEqual({ type: "refuse" });
  expect(judge(holders, "10.0.0.1", true)).toEqual({ type: "take" });
  expect(judge(holders, "10.0.0.2")).toEqual({ type: "take" });
});

test("the addresses of one IPv6 customer count as one host", () => {
  const hosts = ["2001:db8:1:2ff::1", "2001:db8:1:200:5:6:7:8", "2001:db8:1:2ab::"];
  const holders = hosts.map((host, i) => holder(host, { host, sinceMs: -i }));
  const oldest = { type: "replace", id: "2001:db8:1:2ab::" };
  expect(judge(holders, "2001:db8:1:201::9")).toEqual(oldest);
  expect(judge(holders, "2001:db8:1:300::9")).toEqual({ type: "take" });
  expect(judge([...accepted(2), ...holders], "::1")).toEqual(oldest);
});

test("a newcomer has time to be accepted, but not at the cost of one that was accepted before", () => {
  const holders = [...accepted(5), holder("new", { sinceMs: 90 })];
  expect(judge(holders)).toEqual({ type: "refuse" });
  expect(judge(holders, "10.0.0.9", true)).toEqual({ type: "replace", id: "new" });
});

test("a loan ends", () => {
  const holders = [holder("due"), holder("later", { sinceMs: 1 }), holder("kept", { isAccepted: true })];
  expect(listOverdue(holders, RULES, 1_000)).toEqual(["due"]);
});
