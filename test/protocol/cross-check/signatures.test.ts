import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesToHex, concatBytes, type Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { recoverSigner, type Signature, sign } from "../../../protocol/base/secp256k1.ts";
import { type Batch, type BatchRow, hashOutcome } from "../../../protocol/contract/batch.ts";
import { hashStatement } from "../../../protocol/signed/statement.ts";
import { hashVoucher, type Voucher } from "../../../protocol/signed/voucher.ts";
import { type CrossCheckChain, deployHarness, type Harness, startChain } from "./chain.ts";
import { MUTATIONS, type Mutation } from "./mutations.ts";
import { chunks, many, Random, scaled } from "./random.ts";
import { DEPOSIT, openSettlement, type Payer, type Settlement } from "./settlement.ts";

/**
 * What TypeScript accepts, the contract pays, and what it refuses, the contract refuses: by
 * `settle`, and by the library that claims use.
 */

const NOBODY: Address = `0x${"00".repeat(20)}`;
const GROUP_ROWS = 250;

interface SignedRow {
  readonly payer: Payer;
  readonly voucher: Voucher;
  readonly digest: Uint8Array;
  readonly signature: Signature;
}

const random = new Random("signatures");
const payees = many(20, () => random.address()).sort() as [Address, ...Address[]];
let chain: CrossCheckChain;
let harness: Harness;
let settlement: Settlement;

beforeAll(async () => {
  chain = await startChain();
  harness = await deployHarness(chain);
  settlement = await openSettlement(chain, random);
});

afterAll(() => chain[Symbol.asyncDispose]());

describe("mutated signatures", () => {
  const names = Object.keys(MUTATIONS);
  const each = Math.ceil(scaled(100_000) / names.length);

  test.each(names)("%s: refused by both", async (name) => {
    for (const rows of chunks(
      many(each, (i) => mutatedRow(i, MUTATIONS[name] as Mutation)),
      8 * GROUP_ROWS,
    )) {
      const ours = rows.map(({ digest, signature }) => recoverSigner(digest, signature));

      expect(ours.filter((signer, i) => signer === rows[i]?.payer.sessionKey)).toEqual([]);
      expect(await recoverInSolidity(rows)).toEqual(ours.map((signer) => signer ?? NOBODY));
      const { batch, outcomeHash } = batchOf(rows, 0n);
      expect(await settlement.settle(batch)).toBe(outcomeHash);
    }
  });

  test.each([0, 1, 32, 63, 65, 96, 128])("%i bytes: refused by both", async (length) => {
    const { digest, signature } = goodRow(0);
    const changed = concatBytes(signature, signature).subarray(0, length);

    expect(recoverSigner(digest, changed)).toBeNull();
    expect(await harness("signer", [bytesToHex(digest), bytesToHex(changed)])).toBe(NOBODY);
  });

  test("no payer has lost anything", async () => {
    for (const { account } of settlement.payers) expect(await settlement.balanceOf(account)).toBe(DEPOSIT);
  });
});

describe("good signatures", () => {
  const count = scaled(10_000);

  test(`${count} vouchers: accepted by both, and paid`, async () => {
    for (const rows of chunks(many(count, goodRow), 8 * GROUP_ROWS)) {
      const signers = rows.map(({ payer }) => payer.sessionKey);

      expect(rows.map(({ digest, signature }) => recoverSigner(digest, signature))).toEqual(signers);
      expect(await recoverInSolidity(rows)).toEqual(signers);
      const { batch, outcomeHash } = batchOf(rows, (1n << BigInt(GROUP_ROWS)) - 1n);
      expect(await settlement.settle(batch)).toBe(outcomeHash);
    }
  });

  test(`${count} statements: paid`, async () => {
    for (const numbers of chunks(
      many(count, (i) => i),
      100,
    )) {
      const batch = statementsOf(numbers);
      const paid = batch.groups.map(({ rows }) => (1n << BigInt(rows.length)) - 1n);

      expect(await settlement.settle(batch)).toBe(hashOutcome(batch, paid));
    }
  });
});

/** Row `index` of a lane that no other row of the same batch has. */
function goodRow(index: number): SignedRow {
  const payer = settlement.payers[Math.floor(index / GROUP_ROWS) % settlement.payers.length] as Payer;
  const voucher = { payer: payer.account, payee: random.pick(payees), lane: index, amount: 1n + random.uint(7) };
  const digest = hashVoucher(settlement.separator, voucher);
  return { payer, voucher, digest, signature: sign(digest, payer.secret) };
}

function mutatedRow(index: number, mutate: Mutation): SignedRow {
  const row = goodRow(index);
  const { payer, voucher } = row;
  const { separator } = settlement;
  return { ...row, signature: mutate({ random, voucher, separator, secret: payer.secret, signature: row.signature }) };
}

async function recoverInSolidity(rows: readonly SignedRow[]): Promise<Address[]> {
  const packed = concatBytes(...rows.map(({ digest, signature }) => concatBytes(digest, signature)));
  const signers = (await harness("signers", [bytesToHex(packed)])) as Hex[];
  return signers.map((word) => word.slice(0, 42) as Address);
}

/** Rows as they come, 250 to a group; `paid` is the bitmap of a full group. */
function batchOf(rows: readonly SignedRow[], paid: bigint): { batch: Batch; outcomeHash: Hex } {
  const groups = chunks(rows, GROUP_ROWS).map((some) => {
    const { account, sessionKey } = (some[0] as SignedRow).payer;
    return { payer: account, sessionKey, signature: null, rows: some.map(toBatchRow) };
  });
  const batch: Batch = { kind: "vouchers", ...random.batchHead(), payees, groups };
  const bitmaps = groups.map(({ rows: { length } }) => paid & ((1n << BigInt(length)) - 1n));
  return { batch, outcomeHash: hashOutcome(batch, bitmaps) };
}

function toBatchRow({ voucher: { payee, lane, amount }, signature }: SignedRow): BatchRow {
  return { payeeIndex: payees.indexOf(payee), lane, amount, signature };
}

/** One statement of one to three lanes for each number, on lanes that nothing else uses. */
function statementsOf(numbers: readonly number[]): Batch {
  const groups = numbers.map((number) => {
    const { account: payer, sessionKey, secret } = random.pick(settlement.payers);
    const rows = many(1 + random.below(3), (i) => {
      const payeeIndex = random.below(payees.length);
      return { payeeIndex, lane: 2 ** 31 + 4 * number + i, amount: 1n + random.uint(7), signature: null };
    });
    const lanes = rows.map(({ payeeIndex, lane, amount }) => ({ payee: payees[payeeIndex] as Address, lane, amount }));
    const signature = sign(hashStatement(settlement.separator, { payer, lanes }), secret);
    return { payer, sessionKey, signature, rows };
  });
  return { kind: "statements", ...random.batchHead(), payees, groups };
}
