import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  judgeBundle,
  judgeCutNode,
  judgeDeadAuthority,
  judgeLow,
  judgeOverAllotment,
  judgeReorganization,
} from "../../scripts/break-it/judge-authority.ts";
import {
  judgeFlood,
  judgeLeaving,
  judgeStolenSession,
  judgeStolenToken,
  judgeUnpaid,
} from "../../scripts/break-it/judge-payers.ts";
import { judgeCrookedSeller, judgeKilledSeller } from "../../scripts/break-it/judge-sellers.ts";

const CLAIM = { promised: 100n, paidBefore: 40n, claimed: 60n, payerPaid: 60n };
const DEAD = { ...CLAIM, gas: 1n };
const LOW = { ...CLAIM, payerPaid: 100n, finding: null };
const OVER = {
  ...{ promised: 1_500n, fromPayer: 0n, fromBond: 1_000n, budget: 1_000n },
  ...{ payerSigned: 6_500n, payerPaid: 5_000n, finding: null },
};
const CROOKED = { overpaid: 0n, wastedBytes: 10, mostWasted: 20, earned: 0n, problems: [] };
const KILLED = { signed: 100n, held: 100n, price: 100n, isComplete: true };
const LEAVING = { promised: 10n, paid: 10n, unpaidBytes: 0, creditBytes: 5 };
const UNPAID = { unpaidBytes: 5, creditBytes: 5, problems: [] };
const SESSION = { before: 100n, after: 90n, limit: 10n, isStopped: true };
const FLOOD = { sent: 10, refused: 10, isComplete: true, overpaid: 0n };
const CUT = { promised: 100n, received: 99n, fee: 1n, meanwhile: null };
const BALANCES = { seller: 99n, buyer: 0n };
const REORGANIZED = { depth: 4, settled: BALANCES, again: BALANCES, isUndone: true, audit: null };
const BUNDLE = { isCleanOk: true, isLieOk: false, finding: "Audit, check 1: it lies." };

const reorganized = (other: Partial<Parameters<typeof judgeReorganization>[0]>) =>
  judgeReorganization({ ...REORGANIZED, ...other });

describe("a verdict holds while nobody loses more than is promised, and not one unit beyond", () => {
  test.each([
    ["a dead authority", judgeDeadAuthority(DEAD)],
    ["a low settlement", judgeLow(LOW)],
    ["too many allotments", judgeOverAllotment(OVER)],
    ["a node that is away", judgeCutNode(CUT)],
    ["blocks that go away", judgeReorganization(REORGANIZED)],
    ["a bundle that lacks a voucher", judgeBundle(BUNDLE)],
    ["a crooked seller", judgeCrookedSeller(CROOKED)],
    ["a killed seller", judgeKilledSeller(KILLED)],
    ["a payer that pays nothing", judgeUnpaid(UNPAID)],
    ["a payer that leaves", judgeLeaving(LEAVING)],
    ["a stolen session", judgeStolenSession(SESSION)],
    ["a stolen token", judgeStolenToken({ statuses: [401, 403] })],
    ["a flood", judgeFlood(FLOOD)],
  ])("%s: it holds", (_, verdict) => {
    expect(verdict.holds).toBe(true);
    expect(verdict.losses.every(({ holds }) => holds)).toBe(true);
  });

  test.each([
    ["the payer paid more than was claimed", judgeDeadAuthority({ ...DEAD, payerPaid: 61n })],
    ["a part was not claimed", judgeDeadAuthority({ ...DEAD, claimed: 59n, payerPaid: 59n })],
    ["nothing was there to claim", judgeDeadAuthority({ ...DEAD, paidBefore: 100n, claimed: 0n, payerPaid: 0n })],
    ["a payer paid twice", judgeLow({ ...LOW, payerPaid: 101n })],
    ["a payee misses a unit", judgeLow({ ...LOW, claimed: 59n })],
    ["the bond paid beyond the budget", judgeOverAllotment({ ...OVER, fromBond: 1_001n })],
    ["the bond paid less than the budget", judgeOverAllotment({ ...OVER, fromBond: 999n })],
    ["a payer lost what it had not signed", judgeOverAllotment({ ...OVER, payerPaid: 6_501n })],
    ["money went missing while the node was away", judgeCutNode({ ...CUT, received: 98n })],
    ["a batch was final without a chain", judgeCutNode({ ...CUT, meanwhile: "final" })],
    ["a payment went away with its block", reorganized({ again: { seller: 0n, buyer: 99n } })],
    ["a payment was made twice", reorganized({ again: { seller: 198n, buyer: -99n } })],
    ["nothing went away", reorganized({ isUndone: false })],
    ["the audit finds something", reorganized({ audit: "Audit, check 1: it is twice there." })],
    ["the audit overlooked the lie", judgeBundle({ ...BUNDLE, isLieOk: true })],
    ["the audit raised a false alarm", judgeBundle({ ...BUNDLE, isCleanOk: false })],
    ["a bad piece was paid", judgeCrookedSeller({ ...CROOKED, overpaid: 1n })],
    ["too much was downloaded in vain", judgeCrookedSeller({ ...CROOKED, wastedBytes: 21 })],
    ["a seller's row had a problem", judgeCrookedSeller({ ...CROOKED, problems: ["it does not add up"] })],
    ["a voucher was lost", judgeKilledSeller({ ...KILLED, held: 99n })],
    ["the buyer paid twice", judgeKilledSeller({ ...KILLED, signed: 101n, held: 101n })],
    ["the file is not whole", judgeKilledSeller({ ...KILLED, isComplete: false })],
    ["a cheat got more than its credit", judgeUnpaid({ ...UNPAID, unpaidBytes: 6 })],
    ["a cheat got nothing at all", judgeUnpaid({ ...UNPAID, problems: ["the bound was not tried"] })],
    ["a promise was not paid", judgeLeaving({ ...LEAVING, paid: 9n })],
    ["the thief got more than the limit", judgeStolenSession({ ...SESSION, after: 89n })],
    ["the thief went on", judgeStolenSession({ ...SESSION, isStopped: false })],
    ["a token opened something", judgeStolenToken({ statuses: [401, 200] })],
    ["a flood kept the honest out", judgeFlood({ ...FLOOD, isComplete: false })],
  ])("%s: it does not", (_, verdict) => {
    expect(verdict.holds).toBe(false);
  });
});

test("every promise is in docs/losses.md, word by word", () => {
  const plain = (text: string): string => text.replaceAll(/\s+/g, " ");
  const promised = plain(readFileSync("docs/losses.md", "utf8"));
  const folder = "scripts/break-it";
  const sources = readdirSync(folder).filter((name) => name.startsWith("judge-"));
  const texts = sources.map((name) => plain(readFileSync(join(folder, name), "utf8"))).join("\n");
  const calls = [...texts.matchAll(/lost(?:Money|Bytes)\(\s*"[^"]*",[^;]*?,\s*("[^"]+"|[A-Za-z]+),?\s*\)/g)];
  const named = [...texts.matchAll(/(?:promise|CHEATED)(?: =|:) "([^"]+)"/g)].map(([, words]) => words as string);
  const quoted = calls.map(([, words]) => words as string).filter((words) => words.startsWith('"'));
  const all = [...named, ...quoted.map((words) => words.slice(1, -1))];
  expect(all.length).toBeGreaterThanOrEqual(12);
  expect(all.filter((words) => !promised.includes(words))).toEqual([]);
});
