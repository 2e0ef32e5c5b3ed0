import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Address } from "../../../protocol/base/ids.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { type Batch, buildBatch, buildStatementBatch, hashOutcome } from "../../../protocol/contract/batch.ts";
import { batchEvidence, paidRowsOf } from "../../../protocol/contract/evidence.ts";
import { type Allotment, hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashStatement } from "../../../protocol/signed/statement.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { type CrossCheckChain, startChain } from "./chain.ts";
import { many, Random, scaled } from "./random.ts";
import { openSettlement, type Payer, type Settlement } from "./settlement.ts";

/**
 * The evidence that TypeScript makes of a batch is what `claimWithEvidence` takes: it pays what the
 * batch has left out, to anyone.
 */

const LANES_PER_PAYER = 6;
const random = new Random("evidence");
const payees: [Address, Address, Address] = [random.address(), random.address(), random.address()];
let chain: CrossCheckChain;
let settlement: Settlement;
let batchCount = 0;

beforeAll(async () => {
  chain = await startChain();
  settlement = await openSettlement(chain, random);
});

afterAll(() => chain[Symbol.asyncDispose]());

interface Lane {
  readonly payer: Payer;
  readonly payee: Address;
  readonly lane: number;
  /** 0 when the batch skips the lane. */
  readonly amount: bigint;
}

describe("evidence", () => {
  test.each(["vouchers", "statements"] as const)("of a batch of %s pays the difference on each lane", async (kind) => {
    for (let round = 0; round < scaled(50); round++) {
      const lanes = randomLanes();
      const batch = kind === "vouchers" ? vouchersOf(lanes) : statementsOf(lanes);
      const skipped = batch.groups.flatMap(({ rows }) => rows).flatMap(({ amount }, i) => (amount === 0n ? [i] : []));
      const paid = paidRowsOf(batch, new Set(skipped));
      expect(await settlement.settle(batch)).toBe(hashOutcome(batch, paid));
      batchCount++;

      for (const lane of lanes.filter(({ amount }) => amount > 0n)) {
        expect(await claimMore(lane, lane.payee, batch, paid)).toBe(1_000n);
        expect(await claimMore(lane, random.address(), batch, paid)).toBe(lane.amount + 1_000n);
      }
      for (const { payer, lane } of lanes.filter(({ amount }) => amount === 0n)) {
        const where = { payer: payer.account, lane };
        expect(() => batchEvidence(batchCount, batch, paid, where)).toThrow(
          expect.objectContaining({ code: "EVIDENCE_IRRELEVANT" }),
        );
      }
    }
  });
});

/** What a voucher of 1,000 base units more than the batch has paid would bring to `payee`. */
async function claimMore(
  { payer, lane, amount: settled }: Lane,
  payee: Address,
  batch: Batch,
  paid: readonly bigint[],
) {
  const { separator, allotterSecret } = settlement;
  const { account, sessionKey, secret } = payer;
  const amount = settled + 1_000n;
  const allotment: Allotment = {
    ...{ payer: account, payee, sessionKey, payeeKey: payee, lane, cap: amount },
    ...{ pricePerGiB: 1n, credit: 1, infoHash: "00".repeat(20), expiresAt: await settlement.now() },
  };
  return settlement.claim({
    allotment,
    allotmentSignature: sign(hashAllotment(separator, allotment), allotterSecret),
    amount,
    voucherSignature: sign(hashVoucher(separator, { payer: account, payee, lane, amount }), secret),
    evidence: batchEvidence(batchCount, batch, paid, { payer: account, lane }),
  });
}

/** Of each payer, on lanes that no batch before has used; about one in four is skipped. */
function randomLanes(): Lane[] {
  return settlement.payers.flatMap((payer) =>
    many(LANES_PER_PAYER, (i) => ({
      payer,
      payee: random.pick(payees),
      lane: LANES_PER_PAYER * batchCount + i,
      amount: random.below(4) === 0 ? 0n : 1n + random.uint(6),
    })),
  );
}

function vouchersOf(lanes: readonly Lane[]): Batch {
  const signed = lanes.map(({ payer, payee, lane, amount }) => {
    const voucher = { payer: payer.account, payee, lane, amount };
    return {
      ...voucher,
      sessionKey: payer.sessionKey,
      signature: sign(hashVoucher(settlement.separator, voucher), payer.secret),
    };
  });
  return buildBatch(random.batchHead(), signed);
}

function statementsOf(lanes: readonly Lane[]): Batch {
  const statements = settlement.payers.map(({ account, sessionKey, secret }) => {
    const own = lanes.filter(({ payer }) => payer.account === account);
    const statement = { payer: account, lanes: own };
    return { ...statement, sessionKey, signature: sign(hashStatement(settlement.separator, statement), secret) };
  });
  return buildStatementBatch(random.batchHead(), statements);
}
