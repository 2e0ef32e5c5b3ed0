import { expect, test } from "vitest";
import { chunkCalls, planCall } from "../../../client/exit/claim-calls.ts";
import { EVIDENCE, LANE } from "./lane.ts";

test("claims are split, in order, at 50 calls and at 96 KiB", () => {
  const plan = { action: "claim", paidBefore: 0n, due: 700n, evidence: null } as const;
  const small = planCall(LANE, plan);
  const big = planCall(LANE, { ...plan, evidence: { ...EVIDENCE, rows: `0x${"00".repeat(60_000)}` } });
  const sizes = (calls: readonly (typeof small)[]): number[] => chunkCalls(calls).map(({ length }) => length);
  expect(sizes([])).toEqual([]);
  expect(sizes(Array.from({ length: 101 }, () => small))).toEqual([50, 50, 1]);
  expect(sizes([small, big, small, big, big])).toEqual([3, 1, 1]);
});
