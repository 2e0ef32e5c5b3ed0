import { describe, expect, test } from "vitest";
import { readBatch } from "../../../audit/facts/batch-bytes.ts";
import { keccakOfDigits } from "../../../audit/facts/keccak.ts";
import { lanesOf, packRows } from "../../../audit/facts/packed-rows.ts";
import { leafOf, leafOfGroup, rootBy, rootOf } from "../../../audit/replay/outcome.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { type Batch, encodeBatch, hashOutcome } from "../../../protocol/contract/batch.ts";
import { batchEvidence } from "../../../protocol/contract/evidence.ts";

const PAYEES = [`0x${"a1".repeat(20)}`, `0x${"b2".repeat(20)}`] as const;
const LANES_PER_GROUP = 3;

/** Each group has a payer of its own, and lanes that no other group has. */
function batchOf(groups: number): Batch {
  return {
    kind: "statements",
    bundleHash: `0x${"e5".repeat(32)}`,
    validUntil: 2 ** 40 - 1,
    payees: PAYEES,
    groups: Array.from({ length: groups }, (_, g) => ({
      payer: `0x${(g + 1).toString(16).padStart(40, "0")}` as const,
      sessionKey: `0x${"c3".repeat(20)}` as const,
      signature: new Uint8Array(64),
      rows: Array.from({ length: LANES_PER_GROUP }, (_, i) => ({
        payeeIndex: i % 2,
        lane: g * LANES_PER_GROUP + i + 1,
        amount: 2n ** 96n - 1n - BigInt(i),
        signature: null,
      })),
    })),
  };
}

const paidOf = (batch: Batch): bigint[] => batch.groups.map((_, g) => BigInt((g * 3 + 5) % 8));

function read(batch: Batch) {
  const found = readBatch(bytesToHex(encodeBatch(batch)));
  if (typeof found === "string") throw new Error(found);
  return found;
}

describe.each([1, 2, 3, 4, 5, 7, 8, 33])("the outcome of %i groups", (groups) => {
  const batch = batchOf(groups);
  const paid = paidOf(batch);
  const own = read(batch).groups.map(({ payer, rows }, g) => leafOfGroup(payer, rows, paid[g] as bigint));

  test("is the root that the authority works out", () => {
    expect(rootOf(own)).toBe(hashOutcome(batch, paid));
  });

  test("is where the evidence of every group leads, and of no other", () => {
    for (const [g, { payer, rows }] of batch.groups.entries()) {
      const at = rows.findIndex((_, i) => (((paid[g] as bigint) >> BigInt(i)) & 1n) === 1n);
      if (at === -1) continue;
      const { lane } = rows[at] as (typeof rows)[number];
      const evidence = batchEvidence(1, batch, paid, { payer, lane });
      const packed = evidence.rows.slice(2);
      const hash = keccakOfDigits(packed);
      expect(rootBy(leafOf(payer, hash, evidence.paidRows), evidence.proof)).toBe(rootOf(own));
      expect(rootBy(leafOf(payer, hash, evidence.paidRows ^ 1n), evidence.proof)).not.toBe(rootOf(own));
      expect(lanesOf(packed)).toEqual(rows.map((row) => row.lane));
    }
  });
});

test("packed rows are payee, lane and amount, 36 bytes each", () => {
  const packed = packRows([{ payee: PAYEES[0], lane: 7, amount: 9n }]);
  expect(bytesToHex(packed)).toBe(`0x${"a1".repeat(20)}00000007${"9".padStart(24, "0")}`);
});

describe("a batch's bytes", () => {
  test("say until when it is valid", () => {
    expect(read(batchOf(1)).validUntil).toBe(2 ** 40 - 1);
  });

  test.each([
    ["address 0 among the payees", { payees: [`0x${"0".repeat(40)}`, PAYEES[1]] }],
    ["payees that fall", { payees: [PAYEES[1], PAYEES[0]] }],
    ["a payee twice", { payees: [PAYEES[0], PAYEES[0]] }],
  ] as const)("with %s are refused", (_what, change) => {
    const bytes = bytesToHex(encodeBatch({ ...batchOf(1), ...change }));
    expect(readBatch(bytes)).toBe("its payees do not ascend from address 1");
  });
});
