import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesToHex, concatBytes, hexToBytes } from "../../../protocol/base/bytes.ts";
import { keccak256 } from "../../../protocol/base/hashes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import {
  type Batch,
  type BatchGroup,
  buildBatch,
  buildStatementBatch,
  decodeBatch,
  encodeBatch,
  hashOutcome,
} from "../../../protocol/contract/batch.ts";
import { hashStatement } from "../../../protocol/signed/statement.ts";
import { addressWord, hashDomain, uintWord } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { type CrossCheckChain, deployHarness, type Harness, startChain } from "./chain.ts";
import { chunks, many, Random, scaled } from "./random.ts";

/**
 * Batches that TypeScript builds are read alike in Solidity, down to the digest of each row and the
 * hash of the outcome.
 */

const random = new Random("batches");
const separator = hashDomain({ chainId: 31_337, contract: random.address() });

let chain: CrossCheckChain;
let harness: Harness;

beforeAll(async () => {
  chain = await startChain();
  harness = await deployHarness(chain);
});

afterAll(() => chain[Symbol.asyncDispose]());

describe("random batches are read alike", () => {
  const count = scaled(5_000);

  test(`${count} of vouchers`, () => expectReadAlike(count, randomVouchers));

  test(`${count} of statements, each with several`, async () => {
    expect(await expectReadAlike(count, randomStatements)).toBeGreaterThan(2 * count);
  });
});

/** Returns the number of groups. */
async function expectReadAlike(count: number, make: () => Batch): Promise<number> {
  const batches = many(count, make);
  for (const some of chunks(batches, 50)) {
    const encoded = some.map(encodeBatch);
    const paid = some.map(({ groups }) => groups.map(({ rows }) => randomBits(rows.length)));

    expect(encoded.map(decodeBatch)).toEqual(some);
    const read = await harness("readBatches", [encoded.map(bytesToHex), paid, bytesToHex(separator)]);
    expect(read).toEqual([
      some.map((batch) => bytesToHex(foldReading(batch))),
      some.map((batch, i) => hashOutcome(batch, paid[i] ?? [])),
    ]);
  }
  return batches.reduce((sum, { groups }) => sum + groups.length, 0);
}

/** Mirror of CrossCheckHarness.readBatches. */
function foldReading(batch: Batch): Uint8Array {
  const version = batch.kind === "vouchers" ? 1 : 2;
  const start = keccak256(concatBytes(uintWord(version), hexToBytes(batch.bundleHash)));
  return batch.groups.reduce((reading, group) => foldGroup(reading, group, batch.payees), start);
}

function foldGroup(before: Uint8Array, group: BatchGroup, payees: readonly Address[]): Uint8Array {
  const { payer, sessionKey, signature } = group;
  let reading = keccak256(concatBytes(before, addressWord(payer), addressWord(sessionKey)));
  const rows = group.rows.map((row) => ({ ...row, payee: payees[row.payeeIndex] as Address }));
  if (signature) {
    reading = keccak256(concatBytes(reading, hashStatement(separator, { payer, lanes: rows }), signature));
  }
  for (const { payee, lane, amount, signature: ofRow } of rows) {
    const digest = hashVoucher(separator, { payer, payee, lane, amount });
    reading = keccak256(concatBytes(reading, addressWord(payee), uintWord(lane), uintWord(amount), digest));
    if (ofRow) reading = keccak256(concatBytes(reading, ofRow));
  }
  return reading;
}

function randomVouchers(): Batch {
  const payees = randomPayees();
  const groups = many(1 + random.below(4), () => ({ payer: random.address(), sessionKey: random.address() }));
  const lanes = groups.flatMap((group) =>
    random.lanes(randomRowCount()).map((lane) => ({
      ...group,
      payee: random.pick(payees),
      lane,
      amount: random.uint(12),
      signature: random.bytes(64),
    })),
  );
  return buildBatch(random.batchHead(), lanes);
}

function randomStatements(): Batch {
  const payees = randomPayees();
  const statements = many(1 + random.below(4), () => ({
    payer: random.address(),
    sessionKey: random.address(),
    signature: random.bytes(64),
    lanes: random
      .lanes(randomRowCount())
      .map((lane) => ({ payee: random.pick(payees), lane, amount: random.uint(12) })),
  }));
  return buildStatementBatch(random.batchHead(), statements);
}

function randomPayees(): [Address, ...Address[]] {
  return [random.address(), ...many(random.below(9), () => random.address())];
}

/** Mostly a few; one group in 400 has as many as a group can have. */
function randomRowCount(): number {
  return random.below(400) === 0 ? 255 : 1 + random.below(4);
}

function randomBits(count: number): bigint {
  return random.uint(32) & ((1n << BigInt(count)) - 1n);
}
