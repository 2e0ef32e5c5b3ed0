import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesToHex, concatBytes } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import {
  type Batch,
  buildBatch,
  buildStatementBatch,
  decodeBatch,
  encodeBatch,
} from "../../../protocol/contract/batch.ts";
import { type CrossCheckChain, startChain } from "./chain.ts";
import { many, Random, scaled } from "./random.ts";
import { openSettlement, type Settlement } from "./settlement.ts";

/** Of damaged batches `decodeBatch` reads exactly those that `settle` does not revert on. */

const random = new Random("shapes");
let chain: CrossCheckChain;
let settlement: Settlement;

beforeAll(async () => {
  chain = await startChain();
  settlement = await openSettlement(chain, random);
});

afterAll(() => chain[Symbol.asyncDispose]());

/** Bytes before the first group. */
function headerLength({ payees }: Batch): number {
  return 40 + 20 * payees.length;
}

const DAMAGES: Record<string, (bytes: Uint8Array, batch: Batch) => Uint8Array> = {
  "cut anywhere": (bytes) => bytes.subarray(0, random.below(bytes.length)),
  "something follows": (bytes) => concatBytes(bytes, random.bytes(1 + random.below(120))),
  "followed by itself without the header": (bytes, batch) => concatBytes(bytes, bytes.subarray(headerLength(batch))),
  "a byte of the header changed": (bytes, batch) => changeByte(bytes, random.below(headerLength(batch))),
  "the number of payees changed": (bytes) => changeByte(bytes, 38 + random.below(2)),
  "the number of rows changed": (bytes, batch) => changeByte(bytes, headerLength(batch) + 40),
  "a byte of the first row changed": (bytes, batch) => {
    const rows = headerLength(batch) + (batch.kind === "vouchers" ? 41 : 105);
    return changeByte(bytes, rows + random.below(18));
  },
  "any byte changed": (bytes) => changeByte(bytes, random.below(bytes.length)),
  "nothing changed": (bytes) => bytes,
};

describe("damaged batches", () => {
  test.each(Object.keys(DAMAGES))("%s: read by both or by none", async (name) => {
    const batches = many(scaled(600), (i) => (i % 2 === 0 ? vouchers() : statements()));
    const damaged = batches.map((batch) => DAMAGES[name]?.(encodeBatch(batch), batch) ?? new Uint8Array());

    for (const bytes of damaged) expect(await settlement.refuses(bytes), bytesToHex(bytes)).toBe(!isDecoded(bytes));
  });

  test("what is good is read, and what is cut is not", () => {
    const bytes = encodeBatch(vouchers());

    expect(isDecoded(bytes)).toBe(true);
    expect(isDecoded(bytes.subarray(0, -1))).toBe(false);
  });
});

function isDecoded(bytes: Uint8Array): boolean {
  try {
    decodeBatch(bytes);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "BATCH_INVALID" });
    return false;
  }
}

function changeByte(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] as number) ^ (1 + random.below(255));
  return changed;
}

function vouchers(): Batch {
  const lanes = many(1 + random.below(3), () => randomGroup()).flatMap(({ lanes: rows, ...group }) =>
    rows.map((row) => ({ ...group, ...row })),
  );
  return buildBatch(random.batchHead(), lanes);
}

function statements(): Batch {
  return buildStatementBatch(
    random.batchHead(),
    many(1 + random.below(3), () => randomGroup()),
  );
}

function randomGroup() {
  const payees: [Address, Address, Address] = [random.address(), random.address(), random.address()];
  const lanes = random.lanes(1 + random.below(3)).map((lane) => ({
    payee: random.pick(payees),
    lane,
    amount: random.uint(12),
  }));
  return { payer: random.address(), sessionKey: random.address(), signature: random.bytes(64), lanes };
}
