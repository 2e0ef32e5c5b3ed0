import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  batchOf,
  type OpenLane,
  type PlannedBatch,
  planSettlement,
  type SettlementRules,
  validUntilOf,
} from "../../../authority/settlement/planner.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { encodeBatch } from "../../../protocol/contract/batch.ts";
import { accountOf } from "../support/context.ts";

const NOW = 10_000;
const HEAD = { bundleHash: `0x${"0".repeat(64)}`, validUntil: NOW } as const;
const RULES: SettlementRules = {
  minRow: 10n,
  costOf: () => 0n,
  settleAgeSec: 20,
  settleValue: 1_000n,
  statementWaitSec: 6,
  pushGraceSec: 6,
  claimPeriodSec: 120,
};

/** A lane that its payee closed just now, of a payer that is away. */
function laneOf(change: Partial<OpenLane> = {}): OpenLane {
  return {
    sequence: 1,
    payer: accountOf(1),
    payee: accountOf(2),
    sessionKey: accountOf(3),
    lane: 1,
    amount: 100n,
    signature: new Uint8Array(64).fill(1),
    expiresAt: NOW + 100,
    finishedAt: NOW,
    statement: null,
    isVoucherOnly: false,
    isPayerOnline: false,
    isPayerLeaving: false,
    ...change,
  };
}

/** The plan with each batch as it goes on-chain. */
function plan(lanes: readonly OpenLane[], now = NOW, isForced = false, rules = RULES) {
  const { batches, waiting } = planSettlement(lanes, now, rules, { isForced, fullAt: 10_000 });
  return { waiting, batches: batches.map((planned) => ({ ...planned, batch: batchOf(planned, HEAD) })) };
}
const reasons = (lanes: readonly OpenLane[], now = NOW) => plan(lanes, now).batches.map(({ reason }) => reason);
const STATEMENT = { id: 1, signature: new Uint8Array(64).fill(2) };

test("a batch is good until the money of its first lane may be promised anew", () => {
  expect(validUntilOf([laneOf(), laneOf({ expiresAt: NOW + 30 })], RULES)).toBe(NOW + 149);
});

test.each([
  ["a voucher", [laneOf({ expiresAt: NOW - 120 })]],
  [
    "a statement with such a lane",
    [{ expiresAt: NOW - 120 }, { lane: 2 }].map((one) => laneOf({ ...one, statement: STATEMENT })),
  ],
])("whose last second has passed, %s is in no batch, whatever is wanted", (_name, lanes) => {
  expect(plan(lanes, NOW, true)).toMatchObject({ batches: [], waiting: { dust: lanes.length } });
});

describe("a lane waits", () => {
  test.each<[keyof ReturnType<typeof plan>["waiting"], string, Partial<OpenLane>, number]>([
    ["open", "while its payee may bring a higher voucher", { finishedAt: null }, NOW],
    ["open", "until a last push may have come after its end", { finishedAt: null, expiresAt: NOW - 5 }, NOW],
    ["dust", "always when it is too small for a row", { amount: 9n }, NOW + 1_000],
    ["statement", "for the statement of a payer that is online", { isPayerOnline: true }, NOW + 5],
    ["company", "for others to share a batch with", {}, NOW + 19],
  ])("%s: %s", (why, _name, change, now) => {
    const { batches, waiting } = plan([laneOf(change)], now);
    expect(batches).toEqual([]);
    expect(waiting).toEqual({ open: 0, dust: 0, statement: 0, company: 0, [why]: 1 });
  });

  test.each<[string, Partial<OpenLane>, number]>([
    ["the payer is away", { isPayerOnline: false }, NOW],
    ["the wait is over", { isPayerOnline: true }, NOW + 6],
    ["the deadline is near", { isPayerOnline: true, expiresAt: NOW - 24, finishedAt: NOW }, NOW],
    ["no statement would help", { isPayerOnline: true, isVoucherOnly: true }, NOW],
  ])("for no statement when %s", (_name, change, now) => {
    expect(plan([laneOf(change)], now, true)).toMatchObject({
      batches: [{ batch: { kind: "vouchers" }, reason: "forced" }],
      waiting: { statement: 0 },
    });
  });

  test("with all that is not finished, even when an operator forces", () => {
    const lanes = [
      laneOf({ finishedAt: null }),
      laneOf({ lane: 2, amount: 9n }),
      laneOf({ lane: 3, isPayerOnline: true }),
    ];
    expect(plan(lanes, NOW, true)).toEqual({
      batches: [],
      waiting: { open: 1, dust: 1, statement: 1, company: 0 },
    });
  });
});

test("so many ready lanes as are read at once wait for no company", () => {
  const lanes = [1, 2, 3].map((lane) => laneOf({ lane, sequence: lane, amount: 10n }));
  const reasonAt = (fullAt: number) =>
    planSettlement(lanes, NOW, RULES, { isForced: false, fullAt }).batches.map(({ reason }) => reason);
  expect([reasonAt(4), reasonAt(3)]).toEqual([[], ["full"]]);
});

test("until the moment that a plan names for each lane, nothing is to be decided", () => {
  const lane = fc.record({
    amount: fc.bigInt(1n, 40n),
    expiresAt: fc.integer({ min: NOW - 130, max: NOW + 100 }),
    finishedAt: fc.option(fc.integer({ min: NOW - 30, max: NOW })),
    isVoucherOnly: fc.boolean(),
    isPayerOnline: fc.boolean(),
    statement: fc.constantFrom(null, STATEMENT),
  });
  fc.assert(
    fc.property(fc.array(lane, { minLength: 1, maxLength: 8 }), (changes) => {
      const lanes = changes.map((change, i) => laneOf({ ...change, lane: i + 1, sequence: i + 1 }));
      const options = { isForced: false, fullAt: 10_000 };
      const { batches, postponed, waiting } = planSettlement(lanes, NOW, RULES, options);
      const settled = batches.flatMap((batch) => batch.lanes.map(({ sequence }) => sequence));
      const all = [...settled, ...postponed.map(({ sequence }) => sequence)].toSorted((a, b) => a - b);
      expect(all).toEqual(lanes.map(({ sequence }) => sequence));
      if (batches.length > 0) return;
      const next = Math.min(...postponed.map(({ dueAt }) => dueAt));
      expect(planSettlement(lanes, next - 1, RULES, options)).toMatchObject({ batches: [], waiting });
      expect(postponed.filter(({ isReady }) => isReady)).toHaveLength(waiting.company);
    }),
  );
});

describe("what is ready settles", () => {
  test.each<[PlannedBatch["reason"], string, OpenLane[], number]>([
    ["leaving", "when its payer takes money away", [laneOf({ isPayerLeaving: true })], NOW],
    [
      "deadline",
      "when a quarter of the claim window is over",
      [laneOf({ finishedAt: null, expiresAt: NOW - 30 })],
      NOW,
    ],
    ["value", "when it is worth enough", [laneOf({ amount: 400n }), laneOf({ lane: 2, amount: 600n })], NOW],
    ["age", "when it has waited long enough", [laneOf()], NOW + 20],
    ["age", "long enough after its end and the last push", [laneOf({ finishedAt: null, expiresAt: NOW })], NOW + 26],
  ])("for %s: %s", (reason, _name, lanes, now) => {
    expect(reasons(lanes, now)).toEqual([reason]);
  });

  test("for full: when more is ready than one transaction takes", () => {
    const lanes = Array.from({ length: 400 }, (_, i) =>
      laneOf({ payer: addressOf(1_000 + i), payee: addressOf(2_000 + i), amount: 10n }),
    );
    const { batches } = plan(lanes, NOW, false, { ...RULES, settleValue: 10n ** 9n });
    expect(batches.map(({ reason }) => reason)).toEqual(["full", "full"]);
    expect(batches.map(({ batch }) => batch.groups.length)).toEqual([209, 191]);
  });

  test("does not settle below the value, the age and the deadline", () => {
    expect(reasons([laneOf({ amount: 399n }), laneOf({ lane: 2, amount: 600n })])).toEqual([]);
    expect(reasons([laneOf()], NOW + 19)).toEqual([]);
    expect(reasons([laneOf({ finishedAt: NOW - 1, expiresAt: NOW - 29 })])).toEqual([]);
  });

  test("takes all that is ready along, one kind in each batch", () => {
    const lanes = [
      laneOf({ lane: 2, statement: STATEMENT }),
      laneOf({ lane: 1, statement: STATEMENT, amount: 5n }),
      laneOf({ lane: 3, isPayerLeaving: true }),
    ];
    const { batches } = plan(lanes);
    expect(batches.map(({ batch }) => batch.kind)).toEqual(["statements", "vouchers"]);
    expect(batches[0]?.batch.groups).toMatchObject([
      { signature: STATEMENT.signature, rows: [{ lane: 1, amount: 5n, signature: null }, { lane: 2 }] },
    ]);
    expect(batches[1]?.batch.groups).toMatchObject([{ signature: null, rows: [{ lane: 3, amount: 100n }] }]);
  });
});

describe("whatever lanes there are", () => {
  const lane = fc.record({
    payer: fc.constantFrom(accountOf(1), accountOf(2), accountOf(3)),
    payee: fc.integer({ min: 10, max: 200 }).map(accountOf),
    amount: fc.bigInt(1n, 2_000n),
    expiresAt: fc.integer({ min: NOW - 60, max: NOW + 60 }),
    finishedAt: fc.option(fc.integer({ min: NOW - 60, max: NOW })),
    statement: fc.option(fc.constantFrom(1, 2)),
    isVoucherOnly: fc.boolean(),
    isPayerOnline: fc.boolean(),
    isPayerLeaving: fc.boolean(),
  });
  const lanes = fc.array(lane, { maxLength: 60 }).map((list) =>
    list.map((one, i): OpenLane => {
      const signed = one.statement !== null;
      // A statement is of one session, over finished lanes.
      const id = one.statement === null ? 0 : one.statement * 10 + Number(one.payer.slice(3, 4));
      return laneOf({
        ...one,
        lane: i + 1,
        finishedAt: signed ? NOW - 1 : one.finishedAt,
        statement: signed ? { id, signature: new Uint8Array(64).fill(id) } : null,
      });
    }),
  );

  test("each is in one batch or waits for one thing, and batches hold exactly the lanes' vouchers", () => {
    fc.assert(
      fc.property(lanes, fc.boolean(), (list, isForced) => {
        const { batches, waiting } = plan(list, NOW, isForced);
        const rows = batches.flatMap(({ batch }) =>
          batch.groups.flatMap((group) =>
            group.rows.map((row) => ({ ...row, payer: group.payer, payee: batch.payees[row.payeeIndex] })),
          ),
        );
        const count = Object.values(waiting).reduce((sum, one) => sum + one, 0);
        expect(rows.length + count).toBe(list.length);
        expect(new Set(rows.map((row) => row.lane)).size).toBe(rows.length);
        // Rows and lanes are matched by position.
        expect(batches.flatMap(({ lanes }) => lanes.map(({ lane }) => lane))).toEqual(rows.map((row) => row.lane));
        for (const row of rows)
          expect(list[row.lane - 1]).toMatchObject({ payer: row.payer, payee: row.payee, amount: row.amount });
      }),
      { numRuns: 500 },
    );
  });

  test("a statement's lanes go together, under its signature", () => {
    fc.assert(
      fc.property(lanes, (list) => {
        for (const { batch } of plan(list, NOW, true).batches) {
          for (const { signature, rows } of batch.groups) {
            const id = signature?.[0];
            if (signature === null) expect(rows.every((row) => list[row.lane - 1]?.statement === null)).toBe(true);
            else expect(rows.length).toBe(list.filter((one) => one.statement?.id === id).length);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

test("no batch is longer than nodes pass on, however many lanes share payer and payee", () => {
  const vouchers = Array.from({ length: 5_000 }, (_, i) => laneOf({ lane: i + 1 }));
  const statements = Array.from({ length: 10_000 }, (_, i) =>
    laneOf({ lane: i + 1, statement: { ...STATEMENT, id: Math.floor(i / 255) } }),
  );
  const { batches } = plan([...vouchers, ...statements]);
  expect(batches.length).toBeGreaterThan(2);
  for (const { batch } of batches) expect(encodeBatch(batch).length).toBeLessThanOrEqual(120_000);
});

function addressOf(number: number): Address {
  return `0x${number.toString(16).padStart(40, "0")}`;
}
