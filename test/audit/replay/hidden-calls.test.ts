import { afterAll, beforeAll, expect, test } from "vitest";
import type { LaneState } from "../../../audit/facts/lane-book.ts";
import {
  type ContractState,
  type ShownState,
  spentSince,
  sumOfDebts,
  withdrawingOf,
} from "../../../audit/facts/state.ts";
import type { ReplayResult } from "../../../audit/replay/replay.ts";
import { checkSolvency } from "../../../audit/replay/solvency.ts";
import { compareLanes, compareState } from "../../../audit/session/compare-state.ts";
import { type Audited, auditHistory } from "../support/audited.ts";

let audited: Audited;
beforeAll(async () => {
  audited = await auditHistory();
});
afterAll(() => audited[Symbol.asyncDispose]());

const FAR_FUTURE = 4_000_000_000;

type WholeState = ContractState & LaneState;

/**
 * The state as the contract's views tell it in the far future, when the announced fee and
 * budgets are those that count.
 */
function asRead({ state, lanes }: ReplayResult): ShownState & LaneState {
  const copy = structuredClone(wholeOf({ state, lanes }));
  copy.fee.current = copy.fee.next;
  for (const allotter of copy.allotters.values()) allotter.bondBudget = allotter.nextBudget;
  for (const account of copy.accounts.values()) account.withdrawing = withdrawingOf(account);
  const sessions = [...copy.sessions].map(([id, session]) => {
    const account = copy.accounts.get(id.split("/")[0] as string);
    return [id, { ...session, spent: spentSince(account, session) }] as const;
  });
  return { ...copy, sessions: new Map(sessions) };
}

function wholeOf({ state, lanes }: Pick<ReplayResult, "state" | "lanes">): WholeState {
  const [all] = lanes.changedSince(0);
  return { ...state, ...(all as LaneState) };
}

test("a history whose calls are all seen is clean, and gives the contract's state", () => {
  const replayed = audited.replay(audited.facts);
  const actual = asRead(replayed);
  const clouded = new Set<string>();
  expect(replayed.findings).toEqual([]);
  const { state } = replayed;
  expect(
    compareState({ replayed: state, actual, clouded, cloudedNonces: clouded, time: FAR_FUTURE, money: String }),
  ).toEqual([]);
  expect(compareLanes({ replayed: wholeOf(replayed), actual, clouded, money: String })).toEqual([]);
  expect(checkSolvency(actual, sumOfDebts(state), String)).toEqual([]);
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
    expect(
      compareState({ replayed: state, actual, clouded, cloudedNonces, time: FAR_FUTURE, money: String }),
      label,
    ).toEqual([]);
    expect(compareLanes({ replayed: wholeOf({ state, lanes }), actual, clouded, money: String }), label).toEqual([]);
  }
});

test.each([
  ["a batch", "Settled", /batch 1 was settled by a call that could not be read/],
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
