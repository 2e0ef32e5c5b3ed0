import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECKS, type CheckName } from "../../audit/checks.ts";
import type { LaneState } from "../../audit/facts/lane-book.ts";
import { sumOfDebts } from "../../audit/facts/state.ts";
import type { ReplayResult } from "../../audit/replay/replay.ts";
import { checkSolvency } from "../../audit/replay/solvency.ts";
import { compareLanes, compareState } from "../../audit/session/compare-state.ts";
import { BATCH_LIES } from "./lies/batch-lies.ts";
import { CLAIM_LIES } from "./lies/claim-lies.ts";
import { EXIT_LIES } from "./lies/exit-lies.ts";
import { OWNER_LIES } from "./lies/owner-lies.ts";
import { STATE_LIES, type WholeState } from "./lies/state-lies.ts";
import { type Audited, auditHistory } from "./support/audited.ts";

let audited: Audited;
beforeAll(async () => {
  audited = await auditHistory();
});
afterAll(() => audited[Symbol.asyncDispose]());

const HISTORY_LIES = [...BATCH_LIES, ...CLAIM_LIES, ...EXIT_LIES, ...OWNER_LIES];

test("the history without a lie is clean", () => {
  expect(audited.replay(audited.facts).findings).toEqual([]);
});

test("there is a lie for every check of the chain alone", () => {
  const found = [...HISTORY_LIES, ...STATE_LIES].map(([, , check]): CheckName => check);
  const ofChain = Object.entries(CHECKS).filter(([, check]) => !("needs" in check));
  expect(new Set(found)).toEqual(new Set(ofChain.map(([name]) => name)));
});

describe("one lie is found by its check:", () => {
  test.each(HISTORY_LIES.map((lie) => [lie[0], lie] as const))("%s", (_sentence, [, change, check, says = ""]) => {
    const { findings } = audited.replay(change(structuredClone(audited.facts)));
    const own = findings.filter(({ name }) => name === check);
    expect(own.map(({ sentence }) => sentence)).toContainEqual(expect.stringContaining(says));
    expect(own[0]).toMatchObject({ check: CHECKS[check].number, severity: CHECKS[check].severity });
  });
});

const FAR_FUTURE = 4_000_000_000;

/** The state as the contract's views tell it in the far future, when the announced fee is the one that counts. */
function asRead({ state, lanes }: ReplayResult): WholeState {
  const copy = structuredClone(wholeOf({ state, lanes }));
  copy.fee.current = copy.fee.next;
  return copy;
}

function wholeOf({ state, lanes }: Pick<ReplayResult, "state" | "lanes">): WholeState {
  const [all] = lanes.changedSince(0);
  return { ...state, ...(all as LaneState) };
}

/** What the audit says when the contract's state is this, and it holds so many tokens. */
function compare(replayed: WholeState, actual: WholeState, held: bigint): string[] {
  const clouded = new Set<string>();
  const differences = compareState({ replayed, actual, clouded, cloudedNonces: clouded, time: FAR_FUTURE });
  const lanes = compareLanes({ replayed, actual, clouded });
  return [...differences, ...lanes, ...checkSolvency(actual, held, String)].map(({ name }) => name);
}

describe("a state that the history does not give is found:", () => {
  test("none, if nothing differs", () => {
    const replayed = audited.replay(audited.facts);
    expect(compare(wholeOf(replayed), asRead(replayed), sumOfDebts(replayed.state))).toEqual([]);
  });

  test.each(STATE_LIES)("%s", (_sentence, change, check) => {
    const replayed = audited.replay(audited.facts);
    const actual = asRead(replayed);
    const held = change(actual) ?? sumOfDebts(actual);
    expect(compare(wholeOf(replayed), actual, held)).toContain(check);
  });
});

test("what cannot be seen of one transaction is no mismatch, there or later", () => {
  const { facts } = audited;
  const actual = asRead(audited.replay(facts));
  for (const [index, hidden] of facts.entries()) {
    const { state, lanes, findings, clouded, cloudedNonces } = audited.replay(
      facts.map((one, i) => (i === index ? { ...one, calls: null } : one)),
    );
    const label = `transaction ${index}: ${hidden.events.map(({ kind }) => kind).join(", ")}`;
    expect(findings, label).toEqual([]);
    expect(compareState({ replayed: state, actual, clouded, cloudedNonces, time: FAR_FUTURE }), label).toEqual([]);
    expect(compareLanes({ replayed: wholeOf({ state, lanes }), actual, clouded }), label).toEqual([]);
  }
});

test.each([
  ["a batch", "Settled", /batch 1 was settled through another contract/],
  ["a claim", "Claimed", /was made through another contract/],
  ["a release", "Released", /came through another contract/],
  ["an owner's call", "OperatorSet", /became operator came through another contract/],
] as const)("%s that cannot be seen is listed as not checked", (_what, kind, sentence) => {
  const index = audited.facts.findLastIndex(({ events }) => events.some((event) => event.kind === kind));
  const first = audited.facts.findIndex(({ events }) => events.some((event) => event.kind === kind));
  const at = kind === "OperatorSet" ? index : first;
  const { notChecked } = audited.replay(audited.facts.map((one, i) => (i === at ? { ...one, calls: null } : one)));
  expect(notChecked.map((one) => one.sentence).filter((one) => sentence.test(one))).toHaveLength(1);
});
