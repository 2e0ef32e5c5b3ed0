import { describe, expect, test } from "vitest";
import { type ClaimRules, type LaneState, needsEvidence, planClaim } from "../../../client/exit/plan.ts";
import { EVIDENCE, LANE } from "./lane.ts";

const UNTOUCHED: LaneState = { isSettled: false, recorded: 0n, use: null };
const SETTLED: LaneState = { isSettled: true, recorded: 0n, use: null };
/** 120 s to claim: until 2,120. The authority's own time ends at 2,030. */
const RULES: ClaimRules = { now: 2_030, claimPeriodSec: 120, isAll: false, min: 0n };

describe("a lane is left alone", () => {
  const leave = (why: string, paidBefore: bigint | null, due: bigint) => ({ action: "leave", why, paidBefore, due });

  test.each<[string, LaneState, Partial<ClaimRules>, ReturnType<typeof leave>]>([
    ["while the authority may still settle it", UNTOUCHED, { now: 2_029 }, leave("waits", 0n, 700n)],
    ["when it is worth less than the limit", UNTOUCHED, { min: 701n }, leave("dust", 0n, 700n)],
    ["when the claim period is over", UNTOUCHED, { now: 2_120 }, leave("expired", 0n, 700n)],
    ["when a claim has paid all of it", { ...SETTLED, recorded: 700n }, {}, leave("paid", 700n, 0n)],
    [
      "when a batch has paid all of it",
      { ...SETTLED, use: { paid: 700n, evidence: EVIDENCE } },
      {},
      leave("paid", 700n, 0n),
    ],
    ["when more was paid than it holds", { ...SETTLED, recorded: 900n }, {}, leave("paid", 900n, 0n)],
    ["when nothing shows what has used it up", SETTLED, {}, leave("unproved", null, 0n)],
    ["when it is too late to ask what a batch paid", SETTLED, { now: 2_120 }, leave("settled", null, 0n)],
    [
      "when the rest is worth less than the limit",
      { ...SETTLED, recorded: 650n },
      { min: 51n },
      leave("dust", 650n, 50n),
    ],
  ])("%s", (_when, state, rules, expected) => {
    expect(planClaim(LANE, state, { ...RULES, ...rules })).toEqual(expected);
  });
});

describe("a lane is claimed", () => {
  const claim = (paidBefore: bigint, due: bigint, evidence: typeof EVIDENCE | null = null) => ({
    action: "claim",
    paidBefore,
    due,
    evidence,
  });

  test.each<[string, LaneState, Partial<ClaimRules>, ReturnType<typeof claim>]>([
    ["when the authority's time is over", UNTOUCHED, {}, claim(0n, 700n)],
    ["in the last second of the claim period", UNTOUCHED, { now: 2_119 }, claim(0n, 700n)],
    [
      "before the authority's time is over if everything is wanted",
      UNTOUCHED,
      { now: 1_900, isAll: true },
      claim(0n, 700n),
    ],
    ["at exactly the limit", UNTOUCHED, { min: 700n }, claim(0n, 700n)],
    [
      "at once when a claim of an old voucher has used it up",
      { ...SETTLED, recorded: 100n },
      { now: 1_900 },
      claim(100n, 600n),
    ],
    [
      "at once, with evidence, when a batch paid an old voucher",
      { ...SETTLED, use: { paid: 300n, evidence: EVIDENCE } },
      { now: 1_900 },
      claim(300n, 400n, EVIDENCE),
    ],
    [
      "with evidence when somebody else was paid",
      { ...SETTLED, use: { paid: 0n, evidence: EVIDENCE } },
      {},
      claim(0n, 700n, EVIDENCE),
    ],
  ])("%s", (_when, state, rules, expected) => {
    expect(planClaim(LANE, state, { ...RULES, ...rules })).toEqual(expected);
  });

  test("up to its cap only", () => {
    expect(planClaim({ ...LANE, amount: 1_500n }, UNTOUCHED, RULES)).toEqual(claim(0n, 1_000n));
  });
});

test.each<[string, LaneState, number, boolean]>([
  ["a used lane of which claims know nothing needs evidence", SETTLED, 2_119, true],
  ["one whose claim period is over does not", SETTLED, 2_120, false],
  ["one that a claim has paid does not", { ...SETTLED, recorded: 1n }, 2_000, false],
  ["one that nothing has used does not", UNTOUCHED, 2_000, false],
])("%s", (_what, state, now, expected) => {
  expect(needsEvidence(LANE, state, { ...RULES, now })).toBe(expected);
});
