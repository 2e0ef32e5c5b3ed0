import { describe, expect, test } from "vitest";
import { createGasWorth } from "../../../authority/settlement/gas-worth.ts";
import { type OpenLane, planSettlement } from "../../../authority/settlement/planner.ts";
import { accountOf } from "../support/context.ts";

const NOW = 10_000;
/** A unit of money for each 1,000 gas: rows 8, groups 35, payees 24, a batch 100. */
const costOf = (gas: number): bigint => BigInt(Math.ceil(gas / 1_000));
const RULES = {
  minRow: 8n,
  costOf,
  settleAgeSec: 0,
  settleValue: 10_000n,
  statementWaitSec: 6,
  pushGraceSec: 6,
  claimPeriodSec: 120,
};

function laneOf(lane: number, amount: bigint, change: Partial<OpenLane> = {}): OpenLane {
  return {
    sequence: lane,
    payer: accountOf(1),
    payee: accountOf(2),
    sessionKey: accountOf(3),
    lane,
    amount,
    signature: new Uint8Array(64),
    expiresAt: NOW + 100,
    finishedAt: NOW,
    statement: null,
    isVoucherOnly: false,
    isPayerOnline: false,
    isPayerLeaving: false,
    ...change,
  };
}

const plan = (lanes: readonly OpenLane[], isForced = false) =>
  planSettlement(lanes, NOW, RULES, { isForced, fullAt: 1_000 });
const settled = (lanes: readonly OpenLane[], isForced = false): number[] =>
  plan(lanes, isForced).batches.flatMap((batch) => batch.lanes.map(({ lane }) => lane));

test("the price of gas is weighed as it was read last, rounded up, and not at all without the ether's", async () => {
  let reads = 0;
  const readGasPrice = async () => {
    reads++;
    return { baseFee: 9n * 10n ** 9n, priorityFee: 10n ** 9n };
  };
  // 3,000 tokens of 6 decimals: a row of 7,500 gas at 10 gwei costs 0.225.
  const dear = createGasWorth({ unitsPerEther: 3_000_000_000n }, readGasPrice);
  expect(dear.costOf(7_500)).toBe(0n);
  await dear.refresh();
  expect(dear.costOf(7_500)).toBe(225_000n);
  expect(dear.costOf(1)).toBe(30n);
  const free = createGasWorth({ unitsPerEther: 0n }, readGasPrice);
  await free.refresh();
  expect([free.costOf(14_000_000), reads]).toEqual([0n, 1]);
});

describe("a lane settles only when it is worth its gas:", () => {
  test("one below a row's gas is dust in whatever company", () => {
    expect(settled([laneOf(1, 7n), laneOf(2, 10_000n)])).toEqual([2]);
    expect(plan([laneOf(1, 7n)]).waiting).toMatchObject({ dust: 1, company: 0 });
  });

  test("small ones wait for company of the same payer, until their claim window closes", () => {
    // A group with one payee costs 59 and 7.5 for each row, and a batch 100.
    const poor = plan([laneOf(1, 60n)]);
    expect(poor).toMatchObject({ batches: [], waiting: { company: 1 } });
    expect(poor.postponed).toEqual([{ sequence: 1, isReady: true, dueAt: NOW + 220 }]);
    expect(settled([laneOf(1, 60n), laneOf(2, 60n), laneOf(3, 60n)])).toEqual([]);
    expect(settled([laneOf(1, 60n), laneOf(2, 60n), laneOf(3, 63n)])).toEqual([1, 2, 3]);
  });

  test("a payer's dust does not ride on what others pay", () => {
    const other = { payer: accountOf(7), sessionKey: accountOf(8) };
    expect(settled([laneOf(1, 60n), laneOf(2, 10_000n, other)])).toEqual([2]);
    expect(settled([laneOf(1, 67n), laneOf(2, 10_000n, other)])).toEqual([1, 2]);
  });

  test("a payer that leaves, and a deadline, change nothing; an operator that asks does", () => {
    expect(settled([laneOf(1, 60n, { isPayerLeaving: true })])).toEqual([]);
    expect(settled([laneOf(1, 60n, { expiresAt: NOW - 60 })])).toEqual([]);
    expect(settled([laneOf(1, 60n)], true)).toEqual([1]);
  });

  test("a statement was weighed when it was taken", () => {
    const statement = { id: 1, signature: new Uint8Array(64) };
    expect(settled([laneOf(1, 1n, { statement }), laneOf(2, 1n, { statement })])).toEqual([1, 2]);
  });
});
