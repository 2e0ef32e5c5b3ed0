import { describe, expect, test } from "vitest";
import { chunkCalls, encodeClaim, encodeMulticall } from "../../../cli/exit/claim-calls.ts";
import { type Exit, isRequested } from "../../../cli/exit/exit.ts";
import { type ClaimRules, type LaneState, needsEvidence, planClaim, type VoucherLane } from "../../../cli/exit/plan.ts";
import { batchesInCall, matchBatches } from "../../../cli/exit/settled-batches.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { buildBatch, buildStatementBatch, encodeBatch, hashOutcome } from "../../../protocol/contract/batch.ts";
import { claimEvidence, paidRowsOf } from "../../../protocol/contract/evidence.ts";
import { settleCall } from "../../support/operator.ts";

const PAYER = `0x${"aa".repeat(20)}` as const;
const PAYEE = `0x${"ee".repeat(20)}` as const;
const SIGNATURE = new Uint8Array(64).fill(7);

/** A voucher of 700 on a lane with cap 1,000 that expires at 2,000. */
const LANE: VoucherLane = {
  allotment: {
    payer: PAYER,
    payee: PAYEE,
    sessionKey: `0x${"a0".repeat(20)}`,
    payeeKey: `0x${"e0".repeat(20)}`,
    lane: 5,
    cap: 1_000n,
    pricePerGiB: 1n,
    credit: 1,
    infoHash: "ab".repeat(20),
    expiresAt: 2_000,
    signature: SIGNATURE,
  },
  amount: 700n,
  signature: SIGNATURE,
};
const UNTOUCHED: LaneState = { isSettled: false, recorded: 0n, use: null };
const SETTLED: LaneState = { isSettled: true, recorded: 0n, use: null };
const EVIDENCE = claimEvidence(`0x${"cc".repeat(20)}`);
/** 120 s to claim: until 2,120. T's own time ends at 2,030. */
const RULES: ClaimRules = { now: 2_030, claimPeriodSec: 120, isAll: false, min: 0n };

describe("a lane is left alone", () => {
  const leave = (why: string, paidBefore: bigint | null, due: bigint) => ({ action: "leave", why, paidBefore, due });

  test.each<[string, LaneState, Partial<ClaimRules>, ReturnType<typeof leave>]>([
    ["while T may still settle it", UNTOUCHED, { now: 2_029 }, leave("waits", 0n, 700n)],
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
    ["when T's time is over", UNTOUCHED, {}, claim(0n, 700n)],
    ["in the last second of the claim period", UNTOUCHED, { now: 2_119 }, claim(0n, 700n)],
    ["before T's time is over if everything is wanted", UNTOUCHED, { now: 1_900, isAll: true }, claim(0n, 700n)],
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

describe("batches", () => {
  const row = { payer: PAYER, payee: PAYEE, sessionKey: PAYER, signature: SIGNATURE };
  const NO_EVIDENCE = `0x${"0".repeat(64)}` as const;
  const vouchers = buildBatch(NO_EVIDENCE, [
    { ...row, lane: 1, amount: 10n },
    { ...row, lane: 2, amount: 20n },
  ]);
  const statements = buildStatementBatch(NO_EVIDENCE, [{ ...row, lanes: [{ payee: PAYEE, lane: 3, amount: 30n }] }]);
  const events = (number: number, batch: typeof vouchers, ...skipped: number[]) => {
    const rows = new Set(skipped);
    return { number, outcomeHash: hashOutcome(batch, paidRowsOf(batch, rows)), skipped: rows };
  };

  test("are found in settle, in multicall, and in no other call", () => {
    const [one, two] = [settleCall(vouchers), settleCall(statements)];
    const other = encodeClaim(LANE, { action: "claim", paidBefore: 0n, due: 1n, evidence: null });
    const both = encodeMulticall([other, { ...other, data: one }, { ...other, data: two }]);
    const bytes = [vouchers, statements].map((batch) => bytesToHex(encodeBatch(batch)));
    expect(batchesInCall(one)).toEqual(bytes.slice(0, 1));
    expect(batchesInCall(encodeMulticall([{ ...other, data: both }]))).toEqual(bytes);
    expect(batchesInCall(other.data)).toEqual([]);
    expect(batchesInCall("0x12345678")).toEqual([]);
  });

  test("are told apart by the hash of their outcome, whatever order they come in", () => {
    const bytes = [statements, vouchers].map((batch) => bytesToHex(encodeBatch(batch)));
    const found = matchBatches([events(8, vouchers, 1), events(9, statements)], bytes);
    expect(found.map(({ number, paidRows }) => [number, paidRows])).toEqual([
      [8, [1n]],
      [9, [1n]],
    ]);
  });

  test("with other bytes or another outcome are not believed", () => {
    expect(matchBatches([events(8, vouchers)], [bytesToHex(encodeBatch(statements))])).toEqual([]);
    const lie = { ...events(8, vouchers), skipped: new Set([0]) };
    expect(matchBatches([lie], [bytesToHex(encodeBatch(vouchers))])).toEqual([]);
  });
});

test("claims are split, in order, at 50 calls and at 96 KiB", () => {
  const plan = { action: "claim", paidBefore: 0n, due: 700n, evidence: null } as const;
  const small = encodeClaim(LANE, plan);
  const big = encodeClaim(LANE, { ...plan, evidence: { ...EVIDENCE, header: `0x${"00".repeat(60_000)}` } });
  const sizes = (calls: readonly (typeof small)[]): number[] => chunkCalls(calls).map(({ length }) => length);
  expect(sizes([])).toEqual([]);
  expect(sizes(Array.from({ length: 101 }, () => small))).toEqual([50, 50, 1]);
  expect(sizes([small, big, small, big, big])).toEqual([3, 1, 1]);
});

describe("an open withdrawal", () => {
  const TO = `0x${"01".repeat(20)}` as const;
  const NOBODY = `0x${"00".repeat(20)}` as const;
  const open: Exit = { balance: 90n, withdrawing: 50n, withdrawableAt: 1, recipient: TO, nonce: 1n, now: 0 };
  const wish = { amount: 50n, to: TO, isSender: false };

  test.each<[string, boolean, Partial<Exit>, Partial<typeof wish>]>([
    ["of the same amount to the same address is the one", true, {}, {}],
    ["of the account's own request is the one when it sends itself", true, { recipient: NOBODY }, { isSender: true }],
    ["that claims have cut down to the balance is the one", true, { balance: 30n, withdrawing: 30n }, {}],
    ["to somebody else is not", false, { recipient: PAYER }, {}],
    ["of less, where more is there, is not", false, { withdrawing: 40n }, {}],
    ["of more is not", false, { withdrawing: 60n }, {}],
    ["of nothing is not", false, { balance: 0n, withdrawing: 0n }, {}],
  ])("%s", (_what, expected, exit, change) => {
    expect(isRequested({ ...open, ...exit }, { ...wish, ...change })).toBe(expected);
  });
});
