import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildBatch, decodeBatch, encodeBatch, hashOutcome, type SettleableLane } from "../../protocol/batch.ts";
import { bytesToHex, type Hex, hexToBytes } from "../../protocol/bytes.ts";
import { readVector } from "../support/vectors.ts";

interface BatchVector {
  readonly evidenceHash: Hex;
  readonly batch: Hex;
  readonly paid: string[];
  readonly outcomeHash: Hex;
  readonly lanes: { payer: Hex; payee: Hex; sessionKey: Hex; lane: string; amount: string; signature: Hex }[];
}

const vector = readVector<BatchVector>("batch");
const vectorLanes: SettleableLane[] = vector.lanes.map((lane) => ({
  ...lane,
  lane: Number(lane.lane),
  amount: BigInt(lane.amount),
  signature: hexToBytes(lane.signature),
}));

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
    const batch = buildBatch(vector.evidenceHash, vectorLanes);

    expect(bytesToHex(encodeBatch(batch))).toBe(vector.batch);
    expect(hashOutcome(batch, vector.paid.map(BigInt))).toBe(vector.outcomeHash);
  });

  test("decoding gives back every lane, in any order of input", () => {
    fc.assert(
      fc.property(lanes, (input) => {
        const encoded = encodeBatch(buildBatch(vector.evidenceHash, input));
        const decoded = decodeBatch(encoded);
        const rows = decoded.groups.flatMap((group) =>
          group.rows.map(
            (row) => `${group.payer} ${group.sessionKey} ${decoded.payees[row.payeeIndex]} ${row.lane} ${row.amount}`,
          ),
        );

        expect(rows.sort()).toEqual(
          input.map((l) => `${l.payer} ${l.sessionKey} ${l.payee} ${l.lane} ${l.amount}`).sort(),
        );
        expect(encodeBatch(buildBatch(vector.evidenceHash, [...input].reverse()))).toEqual(encoded);
      }),
      { numRuns: 200 },
    );
  });

  test("more than 255 lanes of one payer are split into groups", () => {
    const [first] = vectorLanes as [SettleableLane];
    const many = Array.from({ length: 600 }, (_, lane) => ({ ...first, lane }));

    expect(buildBatch(vector.evidenceHash, many).groups.map((group) => group.rows.length)).toEqual([255, 255, 90]);
  });

  test("truncated, oversized and random bytes are refused", () => {
    const encoded = encodeBatch(buildBatch(vector.evidenceHash, vectorLanes));
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
  const headerBytes = 35 + 20 * 3;
  const firstGroupBytes = 41 + 82 * (encoded[headerBytes + 40] ?? 0);
  return length === headerBytes + firstGroupBytes;
}
