import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex, type Hex, hexToBytes } from "../../../protocol/base/bytes.ts";
import {
  type BatchHead,
  buildBatch,
  buildStatementBatch,
  decodeBatch,
  encodeBatch,
  hashOutcome,
  type SettleableLane,
} from "../../../protocol/contract/batch.ts";
import { hashLanes, hashStatement, type SignedStatement } from "../../../protocol/signed/statement.ts";
import { readVector } from "../../support/vectors.ts";

interface BatchVector {
  readonly bundleHash: Hex;
  readonly validUntil: string;
  readonly batch: Hex;
  readonly paid: string[];
  readonly outcomeHash: Hex;
  readonly lanes: { payer: Hex; payee: Hex; sessionKey: Hex; lane: string; amount: string; signature: Hex }[];
}

const vector = readVector<BatchVector>("batch");
const HEAD: BatchHead = { bundleHash: vector.bundleHash, validUntil: Number(vector.validUntil) };
const vectorLanes: SettleableLane[] = vector.lanes.map((lane) => ({
  ...lane,
  lane: Number(lane.lane),
  amount: BigInt(lane.amount),
  signature: hexToBytes(lane.signature),
}));

interface StatementsVector extends Omit<BatchVector, "lanes"> {
  readonly domainSeparator: Hex;
  readonly statements: {
    payer: Hex;
    sessionKey: Hex;
    lanes: { payee: Hex; lane: string; amount: string }[];
    lanesHash: Hex;
    digest: Hex;
    signature: Hex;
  }[];
}

const statementsVector = readVector<StatementsVector>("statements");
const statements = statementsVector.statements.map(
  ({ payer, sessionKey, lanes: rows, signature }): SignedStatement => ({
    payer,
    sessionKey,
    lanes: rows.map(({ payee, lane, amount }) => ({ payee, lane: Number(lane), amount: BigInt(amount) })),
    signature: hexToBytes(signature),
  }),
);

const smallPayee: Hex = `0x${"11".repeat(20)}`;
const smallAddress = fc.integer({ min: 1, max: 4 }).map((n): Hex => `0x${n.toString(16).padStart(40, "0")}`);
const lanes = fc.uniqueArray(
  fc.record({
    payer: smallAddress,
    payee: smallAddress,
    sessionKey: smallAddress,
    lane: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    amount: fc.bigInt(0n, 2n ** 96n - 1n),
    signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  }),
  { selector: (lane) => `${lane.payer}${lane.lane}`, minLength: 1, maxLength: 40 },
);

describe("settlement batches", () => {
  test("the vector's lanes give the vector's bytes and outcome", () => {
    const batch = buildBatch(HEAD, vectorLanes);

    expect(bytesToHex(encodeBatch(batch))).toBe(vector.batch);
    expect(hashOutcome(batch, vector.paid.map(BigInt))).toBe(vector.outcomeHash);
  });

  test("the vector's statements give the vector's digests, bytes and outcome", () => {
    const separator = hexToBytes(statementsVector.domainSeparator);
    for (const [i, statement] of statements.entries()) {
      expect(bytesToHex(hashLanes(statement.lanes))).toBe(statementsVector.statements[i]?.lanesHash);
      expect(bytesToHex(hashStatement(separator, statement))).toBe(statementsVector.statements[i]?.digest);
    }
    const batch = buildStatementBatch(HEAD, [...statements].reverse());

    expect(bytesToHex(encodeBatch(batch))).toBe(statementsVector.batch);
    expect(hashOutcome(batch, statementsVector.paid.map(BigInt))).toBe(statementsVector.outcomeHash);
    expect(decodeBatch(encodeBatch(batch))).toEqual(batch);
  });

  test("a statement without lanes, with too many, or with lanes that do not ascend is refused", () => {
    const lane = (number: number) => ({ payee: smallPayee, lane: number, amount: 1n });
    for (const numbers of [[], Array.from({ length: 256 }, (_, i) => i), [1, 1], [2, 1]])
      expect(() => hashLanes(numbers.map(lane))).toThrow(expect.objectContaining({ code: "STATEMENT_INVALID" }));
  });

  test("decoding gives back every lane, in any order of input", () => {
    fc.assert(
      fc.property(lanes, (input) => {
        const encoded = encodeBatch(buildBatch(HEAD, input));
        const decoded = decodeBatch(encoded);
        const rows = decoded.groups.flatMap((group) =>
          group.rows.map(
            (row) => `${group.payer} ${group.sessionKey} ${decoded.payees[row.payeeIndex]} ${row.lane} ${row.amount}`,
          ),
        );

        expect(rows.sort()).toEqual(
          input.map((l) => `${l.payer} ${l.sessionKey} ${l.payee} ${l.lane} ${l.amount}`).sort(),
        );
        expect(encodeBatch(buildBatch(HEAD, [...input].reverse()))).toEqual(encoded);
      }),
      { numRuns: 200 },
    );
  });

  test("more than 255 lanes of one payer are split into groups", () => {
    const [first] = vectorLanes as [SettleableLane];
    const many = Array.from({ length: 600 }, (_, lane) => ({ ...first, lane }));

    expect(buildBatch(HEAD, many).groups.map((group) => group.rows.length)).toEqual([255, 255, 90]);
  });

  test("truncated, oversized and random bytes are refused", () => {
    const encoded = encodeBatch(buildBatch(HEAD, vectorLanes));
    for (let length = 0; length < encoded.length; length++) {
      if (isGroupBoundary(length, encoded)) continue;
      expect(() => decodeBatch(encoded.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ code: "BATCH_INVALID" }),
      );
    }
    expect(() => decodeBatch(Uint8Array.of(...encoded, 0))).toThrow(expect.objectContaining({ code: "BATCH_INVALID" }));
    expect(() => decodeBatch(Uint8Array.of(9, ...encoded.subarray(1)))).toThrow(
      expect.objectContaining({ code: "BATCH_INVALID" }),
    );
  });
});

/** A batch cut exactly between two groups is a shorter valid batch. */
function isGroupBoundary(length: number, encoded: Uint8Array): boolean {
  const headerBytes = 40 + 20 * 3;
  const firstGroupBytes = 41 + 82 * (encoded[headerBytes + 40] ?? 0);
  return length === headerBytes + firstGroupBytes;
}
