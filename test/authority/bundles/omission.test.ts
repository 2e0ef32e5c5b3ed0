import { expect, test } from "vitest";
import { reasonOf } from "../../../authority/bundles/omission.ts";

const OPEN = { state: "open", reason: null, amount: "100", paid: "0", statementId: null } as const;

test.each<[string, Partial<Parameters<typeof reasonOf>[0]>, string]>([
  ["that is open", {}, "WAITING"],
  ["of exactly the smallest row", { amount: "10" }, "WAITING"],
  ["below the smallest row", { amount: "9" }, "DUST"],
  ["below the smallest row, in a statement", { amount: "9", statementId: 1 }, "WAITING"],
  ["that a stranger has claimed on", { paid: "1" }, "CLAIMED"],
  ["in another batch", { state: "settling" }, "SETTLING"],
  ["that only a claim can pay", { state: "claiming", reason: "STALE" }, "CLAIMED"],
  ["that was too small until its end", { state: "skipped", reason: "DUST" }, "DUST"],
  ["of which a claim has left too little", { state: "skipped", reason: "DUST", paid: "95" }, "SKIPPED"],
  ["whose row was skipped", { state: "skipped", reason: "SESSION" }, "SKIPPED"],
  ["whose claim found no money", { state: "skipped", reason: "UNCOVERED" }, "SKIPPED"],
])("a lane %s is omitted with its reason", (_name, change, reason) => {
  expect(reasonOf({ ...OPEN, ...change }, 10n)).toBe(reason);
});
